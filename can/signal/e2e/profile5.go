package e2e

import (
	"encoding/binary"
	"fmt"
)

// Profile5 has a checksum CRC-16/CCITT-FALSE of two bytes, the low one first, and a counter of 0 to 255 after it. The
// data ID is in the checksum only.
type Profile5 struct {
	DataID uint16
	Length int // of the data in bytes, 3 to 4096
	Offset int // of the checksum in bytes
	// MaxDeltaCounter is how much the counter may advance from one data to the next: with 1, none may be lost.
	MaxDeltaCounter int
}

func (p Profile5) String() string { return fmt.Sprintf("E2E profile 5, data ID %#x", p.DataID) }

const header5 = 3 // bytes: checksum and counter

func (p Profile5) length() int                   { return p.Length }
func (p Profile5) counters() (first, modulo int) { return 0, 256 }

// sequence begins before the first counter: data that does not begin with it is out of sequence once.
func (p Profile5) sequence() sequence { return &plain{maxDelta: p.MaxDeltaCounter, last: 0xFF} }

func (p Profile5) validate() error {
	switch {
	case p.Length < header5 || p.Length > 4096:
		return invalid("%d bytes; accepted: 3 to 4096", p.Length)
	case p.Offset < 0 || p.Offset > p.Length-header5:
		return invalid("checksum at byte %d; accepted: 0 to %d", p.Offset, p.Length-header5)
	case p.MaxDeltaCounter < 1 || p.MaxDeltaCounter > 0xFF:
		return invalid("MaxDeltaCounter is %d; accepted: 1 to 255", p.MaxDeltaCounter)
	}
	return nil
}

func (p Profile5) seal(data []byte, counter int) {
	data[p.Offset+2] = byte(counter)
	binary.LittleEndian.PutUint16(data[p.Offset:], p.checksum(data))
}

func (p Profile5) open(data []byte) (int, Status) {
	if binary.LittleEndian.Uint16(data[p.Offset:]) != p.checksum(data) {
		return 0, Error
	}
	return int(data[p.Offset+2]), OK
}

func (p Profile5) checksum(data []byte) uint16 {
	crc := crc16(0xFFFF, data[:p.Offset]...)
	crc = crc16(crc, data[p.Offset+2:p.Length]...)
	return crc16(crc, byte(p.DataID), byte(p.DataID>>8))
}
