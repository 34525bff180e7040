// Package checksum computes the checksums, digests and message authentication codes that ECUs verify downloaded
// software with, by the name that an ECU description gives.
//
// [Lookup] finds an [Algorithm]; its Sum is always big-endian, the most significant byte first, as it stands in a
// request. Keyed algorithms need a key of the right size, all others refuse one, so that a key which a description
// names for nothing is noticed.
//
// CRCs go by the parameters of the catalogue of parametrised CRC algorithms (width, poly, init, refin, refout, xorout);
// CMAC is that of RFC 4493 and NIST SP 800-38B.
package checksum
