package e2e

import "fmt"

// Profile2 has the checksum CRC-8H2F in byte 0 and a counter of 0 to 15 in the low nibble of byte 1. The counter
// chooses which byte of a list is in the checksum.
type Profile2 struct {
	DataIDList [16]byte
	Length     int // of the data in bytes, 2 to 64
	Tolerance
}

// NewProfile2 is profile 2 with the tolerance of the standard's examples.
func NewProfile2(dataIDList [16]byte, length int) Profile2 {
	return Profile2{DataIDList: dataIDList, Length: length, Tolerance: lenient}
}

func (p Profile2) String() string { return fmt.Sprintf("E2E profile 2, data IDs %x", p.DataIDList) }

func (p Profile2) length() int        { return p.Length }
func (p Profile2) sequence() sequence { return &synchronized{Tolerance: p.Tolerance, modulo: 16} }

// counters: the counter starts with 0 and is increased before it is sent (SWS_E2E_00130).
func (p Profile2) counters() (first, modulo int) { return 1, 16 }

func (p Profile2) validate() error {
	if p.Length < 2 || p.Length > 64 {
		return invalid("%d bytes; accepted: 2 to 64", p.Length)
	}
	return p.Tolerance.validate(16)
}

func (p Profile2) seal(data []byte, counter int) {
	setNibble(data, 8, byte(counter))
	data[0] = p.checksum(data, counter)
}

func (p Profile2) open(data []byte) (int, Status) {
	counter := int(nibble(data, 8))
	if data[0] != p.checksum(data, counter) {
		return 0, WrongCRC
	}
	return counter, OK
}

func (p Profile2) checksum(data []byte, counter int) byte {
	crc := crc8(&tableH2F, 0xFF, data[1:p.Length]...)
	return crc8(&tableH2F, crc, p.DataIDList[counter]) ^ 0xFF
}
