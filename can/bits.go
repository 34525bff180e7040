package can

// Bits that follow the stuffed part of every frame (ISO 11898-1:2015, 10.4.2.6 to 10.4.2.8, 10.4.6).
const (
	crcDelimiter = 1
	ackField     = 2 // slot and delimiter
	endOfFrame   = 7
	// InterframeSpace is the intermission that separates a frame from the next one, in nominal bits.
	InterframeSpace = 3
)

// Bits returns how many bit times f takes on the wire, from its start to the end of the intermission after it, stuff
// bits counted from the real bit sequence. data counts the bits at the data bit rate: zero unless f has BRS. The bits in
// whose middle the rate changes count whole: BRS as nominal, the CRC delimiter as data.
// An error frame counts as an active error flag, its delimiter and the intermission.
func Bits(f Frame) (nominal, data int) {
	const errorFlagAndDelimiter = 6 + 8
	tail := ackField + endOfFrame + InterframeSpace
	switch {
	case f.Is(Error):
		return errorFlagAndDelimiter + InterframeSpace, 0
	case !f.Is(FD):
		return classicBits(f) + crcDelimiter + tail, 0
	}
	nominal, data = fdBits(f)
	data += crcDelimiter
	if !f.Is(BRS) {
		return nominal + data + tail, 0
	}
	return nominal + tail, data
}

// stuffer counts bits and the stuff bits between them: after five equal bits a sender inserts their opposite.
type stuffer struct {
	bits int // sent, stuff bits included
	last uint32
	run  int
	owed bool // a stuff bit comes before the next bit
	crc  uint32
}

// put sends the n lowest bits of v, the highest first.
func (s *stuffer) put(v uint32, n int) {
	for i := n - 1; i >= 0; i-- {
		s.bit(v >> i & 1)
	}
}

func (s *stuffer) bit(b uint32) {
	s.stuff()
	s.crc = crc15(s.crc, b)
	s.bits++
	if s.bits > 1 && b == s.last {
		s.run++
	} else {
		s.last, s.run = b, 1
	}
	s.owed = s.run == 5
}

func (s *stuffer) stuff() {
	if s.owed {
		s.bits++
		s.last, s.run = s.last^1, 1
		s.owed = false
	}
}

// crc15 adds one bit to the checksum of classic frames (ISO 11898-1:2015, 10.4.2.6).
func crc15(crc, b uint32) uint32 {
	const polynomial = 0x4599
	feedback := crc>>14&1 ^ b
	crc = crc << 1 & 0x7FFF
	if feedback != 0 {
		crc ^= polynomial
	}
	return crc
}

// putIdentifier sends the start of frame and the arbitration field.
func (s *stuffer) putIdentifier(f Frame) {
	var rtr uint32
	if f.Is(Remote) {
		rtr = 1
	}
	s.put(0, 1)
	if !f.Is(Extended) {
		s.put(f.ID, 11)
		s.put(rtr, 1)
		s.put(0, 1) // IDE
		return
	}
	s.put(f.ID>>18, 11)
	s.put(0b11, 2) // SRR, IDE
	s.put(f.ID, 18)
	s.put(rtr, 1)
}

func (s *stuffer) putData(f Frame) {
	for _, b := range f.Data[:f.Len] {
		s.put(uint32(b), 8)
	}
}

func classicBits(f Frame) int {
	var s stuffer
	s.putIdentifier(f)
	s.put(0, 1) // r0, or r1
	if f.Is(Extended) {
		s.put(0, 1) // r0
	}
	s.put(uint32(f.Len), 4)
	if !f.Is(Remote) {
		s.putData(f)
	}
	s.put(s.crc, 15)
	s.stuff()
	return s.bits
}

// fdBits counts an FD frame up to its checksum. A stuff bit that falls due at the end of the data is left out, for the
// first fixed one does its work.
func fdBits(f Frame) (beforeESI, fromESI int) {
	var s stuffer
	s.putIdentifier(f)
	s.put(0b10, 2) // FDF, res
	s.put(flagBit(f, BRS), 1)
	beforeESI = s.bits
	s.put(flagBit(f, ESI), 1)
	s.put(lengthCode(f.Len), 4)
	s.putData(f)
	return beforeESI, s.bits - beforeESI + checksumBits(f.Len)
}

func flagBit(f Frame, flag Flags) uint32 {
	if f.Is(flag) {
		return 1
	}
	return 0
}

// checksumBits counts the stuff count, the checksum and the fixed stuff bits, one before every four of those. Their
// number does not depend on their values.
func checksumBits(length uint8) int {
	const stuffCount, crc17, crc21 = 4, 17, 21
	n := stuffCount + crc17
	if length > 16 {
		n = stuffCount + crc21
	}
	return n + (n+3)/4
}

// lengthCode returns the DLC of an FD frame (ISO 11898-1:2015, table 5).
func lengthCode(length uint8) uint32 {
	switch {
	case length <= 8:
		return uint32(length)
	case length <= 24:
		return uint32(length)/4 + 6
	}
	return uint32(length)/16 + 11
}
