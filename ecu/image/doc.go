// Package image reads, changes and writes images of ECU software: raw bytes, Intel HEX, Motorola S-records and VBF.
//
// An [Image] is what is to be in an ECU's memory: [Segment]s of data, sorted by address, that neither overlap nor
// touch. [ReadFile] and [Read] find out the format by the content; raw bytes are taken as such only by their name
// (.bin, .img) or when [Raw] is called, so that a damaged HEX file never is flashed as text. [Encode] and [WriteFile]
// write all four.
//
// What an ECU is programmed with is made of an image by [Image.Slice], [Image.Align], [Image.Fill] and [Merge]; none of
// them changes the image that it is called for.
//
// Images are foreign input: [MaxSize] bounds what one holds and every gap that is filled, and what is wrong with a file
// is an [*Error] that says where, by line and column for text.
//
// Package checksum below computes what an ECU verifies an image with; package compress packs it for the transfer.
package image
