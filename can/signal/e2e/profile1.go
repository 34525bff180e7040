package e2e

import "fmt"

// DataIDMode says which part of the data ID of profile 1 is in the checksum.
type DataIDMode uint8

// Modes (E2E_P01DataIDMode).
const (
	Both        DataIDMode = iota // both bytes: variant 1A
	Alternating                   // the low byte if the counter is even, the high one if it is odd: variant 1B
	Low                           // the low byte
	Nibble                        // the low byte; the low nibble of the high one is in the data: variant 1C
)

// Profile1 has a counter of 0 to 14 in four bits and CRC-8 SAE J1850.
type Profile1 struct {
	DataID uint16 // up to 0xFF with Low, up to 0xFFF with Nibble
	Mode   DataIDMode
	Length int // of the data in bytes, 2 to 32
	// CRCOffset, CounterOffset and DataIDNibbleOffset are positions in bits: 8 times the byte, plus 4 for the high nibble.
	// DataIDNibbleOffset counts only with Nibble.
	CRCOffset, CounterOffset, DataIDNibbleOffset int
	Tolerance
}

// Profile1A is variant 1A for data of so many bytes: checksum in byte 0, counter in the low nibble of byte 1, both
// bytes of the data ID in the checksum.
func Profile1A(dataID uint16, length int) Profile1 {
	return Profile1{DataID: dataID, Mode: Both, Length: length, CounterOffset: 8, Tolerance: lenient}
}

// Profile1B is variant 1B: like 1A, but with one byte of the data ID at a time.
func Profile1B(dataID uint16, length int) Profile1 {
	p := Profile1A(dataID, length)
	p.Mode = Alternating
	return p
}

// Profile1C is variant 1C: like 1A, but with a data ID of 12 bits, whose upper four are in the high nibble of byte 1.
func Profile1C(dataID uint16, length int) Profile1 {
	p := Profile1A(dataID, length)
	p.Mode, p.DataIDNibbleOffset = Nibble, 12
	return p
}

func (p Profile1) String() string { return fmt.Sprintf("E2E profile 1, data ID %#x", p.DataID) }

func (p Profile1) length() int                   { return p.Length }
func (p Profile1) counters() (first, modulo int) { return 0, 15 }
func (p Profile1) sequence() sequence            { return &synchronized{Tolerance: p.Tolerance, modulo: 15} }

func (p Profile1) validate() error {
	limit := map[DataIDMode]uint16{Both: 0xFFFF, Alternating: 0xFFFF, Low: 0xFF, Nibble: 0xFFF}[p.Mode]
	switch {
	case p.Mode > Nibble:
		return invalid("data ID mode %d; accepted: Both, Alternating, Low, Nibble", p.Mode)
	case p.DataID > limit:
		return invalid("data ID %#x in this mode; accepted: 0 to %#x", p.DataID, limit)
	case p.Length < 2 || p.Length > 32:
		return invalid("%d bytes; accepted: 2 to 32", p.Length)
	case p.CRCOffset%8 != 0 || p.CRCOffset < 0 || p.CRCOffset/8 >= p.Length:
		return invalid("checksum at bit %d; accepted: multiples of 8 below %d", p.CRCOffset, 8*p.Length)
	}
	if err := p.validateNibble("counter", p.CounterOffset); err != nil {
		return err
	}
	if p.Mode == Nibble {
		if err := p.validateNibble("data ID nibble", p.DataIDNibbleOffset); err != nil {
			return err
		}
		if p.DataIDNibbleOffset == p.CounterOffset {
			return invalid("counter and data ID nibble are both at bit %d", p.CounterOffset)
		}
	}
	return p.Tolerance.validate(15)
}

func (p Profile1) validateNibble(what string, offset int) error {
	if offset%4 != 0 || offset < 0 || offset/8 >= p.Length || offset/8 == p.CRCOffset/8 {
		return invalid("%s at bit %d; accepted: multiples of 4 below %d outside the checksum", what, offset, 8*p.Length)
	}
	return nil
}

func (p Profile1) seal(data []byte, counter int) {
	setNibble(data, p.CounterOffset, byte(counter))
	if p.Mode == Nibble {
		setNibble(data, p.DataIDNibbleOffset, byte(p.DataID>>8))
	}
	data[p.CRCOffset/8] = p.checksum(data, counter)
}

func (p Profile1) open(data []byte) (int, Status) {
	counter := int(nibble(data, p.CounterOffset))
	switch {
	case counter == 15:
		return 0, Error
	case data[p.CRCOffset/8] != p.checksum(data, counter):
		return 0, WrongCRC
	case p.Mode == Nibble && nibble(data, p.DataIDNibbleOffset) != byte(p.DataID>>8):
		return 0, WrongCRC
	}
	return counter, OK
}

// checksum starts with 0 and has no final value: the profile undoes those of the CRC library.
func (p Profile1) checksum(data []byte, counter int) byte {
	low, high := byte(p.DataID), byte(p.DataID>>8)
	var crc byte
	switch {
	case p.Mode == Both:
		crc = crc8(&tableJ1850, 0, low, high)
	case p.Mode == Nibble:
		crc = crc8(&tableJ1850, 0, low, 0)
	case p.Mode == Alternating && counter%2 == 1:
		crc = crc8(&tableJ1850, 0, high)
	default:
		crc = crc8(&tableJ1850, 0, low)
	}
	at := p.CRCOffset / 8
	crc = crc8(&tableJ1850, crc, data[:at]...)
	return crc8(&tableJ1850, crc, data[at+1:p.Length]...)
}
