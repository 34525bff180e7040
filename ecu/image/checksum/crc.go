package checksum

import (
	"encoding/binary"
	"math/bits"
)

// crc is a CRC by the parameters of the catalogue of parametrised CRC algorithms.
type crc struct {
	name          string
	width         int // in bits, 8 to 64
	poly          uint64
	init          uint64
	refin, refout bool
	xorout        uint64
}

// catalogue are the CRCs that package hash/crc32 has not. Next to each stands its name in the catalogue, and in AUTOSAR
// where the CRC library specifies it.
func catalogue() []crc {
	const ones16, ones32, ones64 = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF
	return []crc{
		{"crc8", 8, 0x07, 0, false, false, 0},                 // CRC-8/SMBUS
		{"crc8-j1850", 8, 0x1D, 0xFF, false, false, 0xFF},     // CRC-8/SAE-J1850, Crc_CalculateCRC8
		{"crc8-h2f", 8, 0x2F, 0xFF, false, false, 0xFF},       // CRC-8/AUTOSAR, Crc_CalculateCRC8H2F
		{"crc16-ccitt", 16, 0x1021, ones16, false, false, 0},  // CRC-16/IBM-3740, "false CCITT", Crc_CalculateCRC16
		{"crc16-xmodem", 16, 0x1021, 0, false, false, 0},      // CRC-16/XMODEM
		{"crc16-kermit", 16, 0x1021, 0, true, true, 0},        // CRC-16/KERMIT, "true CCITT"
		{"crc16-x25", 16, 0x1021, ones16, true, true, ones16}, // CRC-16/IBM-SDLC
		{"crc16-arc", 16, 0x8005, 0, true, true, 0},           // CRC-16/ARC, Crc_CalculateCRC16ARC
		{"crc16-modbus", 16, 0x8005, ones16, true, true, 0},   // CRC-16/MODBUS
		{"crc32-bzip2", 32, 0x04C11DB7, ones32, false, false, ones32},
		{"crc32-mpeg2", 32, 0x04C11DB7, ones32, false, false, 0},
		{"crc32-jamcrc", 32, 0x04C11DB7, ones32, true, true, 0},
		{"crc32-posix", 32, 0x04C11DB7, 0, false, false, ones32},      // CRC-32/CKSUM without the length
		{"crc32-autosar", 32, 0xF4ACFB13, ones32, true, true, ones32}, // Crc_CalculateCRC32P4
		{"crc64-ecma", 64, 0x42F0E1EBA9EA3693, 0, false, false, 0},    // CRC-64/ECMA-182
		{"crc64", 64, 0x42F0E1EBA9EA3693, ones64, true, true, ones64}, // CRC-64/XZ, Crc_CalculateCRC64
	}
}

// CRC16CCITT is the CRC that Lookup finds as crc16-ccitt, for formats that have it inside.
func CRC16CCITT(data []byte) uint16 {
	h := newCRC(crc{width: 16, poly: 0x1021, init: 0xFFFF})
	h.Write(data)
	return uint16(h.value())
}

// size is the number of bytes that hold the result.
func (c crc) size() int { return (c.width + 7) / 8 }

// digest is the computation of a crc. Its register is aligned so that a byte enters and leaves at one end: at bit 0
// where bits go in reversed, at bit 63 elsewhere.
type digest struct {
	crc
	table    [256]uint64
	register uint64
}

func newCRC(c crc) *digest {
	d := &digest{crc: c}
	for i := range d.table {
		d.table[i] = d.shiftByte(uint64(i))
	}
	d.Reset()
	return d
}

// shiftByte divides one byte by the polynomial, bit by bit.
func (d *digest) shiftByte(b uint64) uint64 {
	poly := d.align(d.poly)
	if d.refin {
		for range 8 {
			b = b>>1 ^ poly&-(b&1)
		}
		return b
	}
	b <<= 56
	for range 8 {
		b = b<<1 ^ poly&-(b>>63)
	}
	return b
}

// align brings a number of width bits to where the register has it.
func (d *digest) align(v uint64) uint64 {
	v <<= 64 - d.width
	if d.refin {
		return bits.Reverse64(v)
	}
	return v
}

// Write adds data; it never fails.
func (d *digest) Write(data []byte) (int, error) {
	r := d.register
	if d.refin {
		for _, b := range data {
			r = d.table[byte(r)^b] ^ r>>8
		}
	} else {
		for _, b := range data {
			r = d.table[byte(r>>56)^b] ^ r<<8
		}
	}
	d.register = r
	return len(data), nil
}

// value is the result so far, in the low width bits.
func (d *digest) value() uint64 {
	r := d.register
	if !d.refin {
		r >>= 64 - d.width
	}
	if d.refin != d.refout {
		r = bits.Reverse64(r) >> (64 - d.width)
	}
	return r ^ d.xorout
}

// Sum appends the result, big-endian.
func (d *digest) Sum(b []byte) []byte {
	var all [8]byte
	binary.BigEndian.PutUint64(all[:], d.value())
	return append(b, all[8-d.size():]...)
}

// Reset begins anew.
func (d *digest) Reset() { d.register = d.align(d.init) }

// Size is the number of bytes that Sum appends.
func (d *digest) Size() int { return d.size() }

// BlockSize is 1: data may come in any pieces.
func (d *digest) BlockSize() int { return 1 }
