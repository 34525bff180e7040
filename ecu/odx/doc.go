// Package odx makes descriptions of ECUs from ODX (ISO 22901-1, ASAM MCD-2 D): documents of version 2.0 to 2.2, and the
// PDX archives that hold them.
//
// [Read] takes a document or an archive, and [Database.Describe] makes a [description.ECU] of one of its variants: what
// the variant inherits from its base variant, functional groups, protocols and shared data is resolved. Services are
// known by the constants of their requests, never by their names: 0x22 and 0x2E make data identifiers, 0x10 sessions,
// 0x27 security levels, 0x31 routines. Trouble codes come from the DTC-DOPs, addresses and times from the communication
// parameters.
//
// What a description cannot say becomes a note with its place in the file. Not read at all are administrative data,
// company data, special data groups (SDGS), audiences and descriptions (DESC), which say nothing about what is on the
// wire.
//
// Files are not trusted. Their size, depth and number of elements and archive entries have limits; names of archive
// entries are never used as paths; entities other than XML's own five are refused, and nothing outside the file is ever
// read, since encoding/xml knows neither external entities nor definitions of internal ones.
package odx
