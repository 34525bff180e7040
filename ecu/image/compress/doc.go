// Package compress packs software as bootloaders unpack it, by the name that an ECU description gives, and unpacks it
// again.
//
//   - none: the data as they are.
//   - deflate: RFC 1951, without header and checksum.
//   - zlib: RFC 1950, deflate with two bytes before it and Adler-32 after it.
//   - gzip: RFC 1952, deflate with a header without name and time, CRC-32 and length.
//   - lz4: one LZ4 block, without the frame of an .lz4 file and without the uncompressed length before it.
//   - lzss: LZSS as Haruhiko Okumura's LZSS.C of 1989 has it. A window of N = 4096 bytes, filled with 0x20, in which
//     writing begins at 4096-18 = 4078; matches of 3 to F = 18 bytes (threshold 2). Eight items follow a byte of flags,
//     whose lowest bit is for the first: 1 is a literal byte; 0 is a match of two bytes, first the low eight bits of
//     its position in the window, then the high four bits of that in the high nibble and its length less 3 in the low
//     one.
//   - lzss-vbf: LZSS of VBF files with data format identifier 0x10. A stream of bits, the highest of a byte first, in
//     which 1 and eight bits are a literal byte; 0, ten bits and four bits are a match: its position in a window of
//     1024 bytes plus 1, and its length of 2 to 17 bytes less 2; a position of 0 ends the data. The window is filled
//     with 0x00 and written from its beginning.
//
// Unpacking is for foreign bytes as well: it stops at a limit that the caller sets, so that a few bytes cannot become
// gigabytes, and reports what is corrupt or comes after the end.
package compress
