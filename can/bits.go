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
	bits  int // sent, stuff bits included
	state runs
	crc   uint32
}

// runs is how many equal bits were sent last, 1 to 5, with the bit itself above them; 0 before the first. A stuff bit comes
// before the next bit if there are five.
type runs uint8

const (
	runLength = 0b111
	lastBit   = 0b1000
	maxRun    = 5
)

// next sends a bit and returns how many that makes with a stuff bit.
func (r runs) next(b uint32) (runs, int) {
	n := 1
	last := uint32(r&lastBit) >> 3
	if r&runLength == maxRun {
		last ^= 1
		r, n = runs(last<<3)|1, 2
	}
	if r != 0 && b == last {
		return r + 1, n
	}
	return runs(b<<3) | 1, n
}

// chunk is what sending four bits in a state comes to.
type chunk struct {
	state runs
	bits  uint8
}

// chunks has them for each state and each four bits, and crcs what each high four bits of the checksum come to.
var (
	chunks = func() (all [16][16]chunk) {
		for state := range all {
			for v := range all[state] {
				c := chunk{state: runs(state)}
				for i := 3; i >= 0; i-- {
					var n int
					c.state, n = c.state.next(uint32(v) >> i & 1)
					c.bits += uint8(n)
				}
				all[state][v] = c
			}
		}
		return all
	}()
	crcs = func() (all [16]uint32) {
		for v := range all {
			for i := 3; i >= 0; i-- {
				all[v] = crc15(all[v], uint32(v)>>i&1)
			}
		}
		return all
	}()
)

// put sends the n lowest bits of v, the highest first.
func (s *stuffer) put(v uint32, n int) {
	for ; n >= 4; n -= 4 {
		four := v >> (n - 4) & 0xF
		c := chunks[s.state][four]
		s.state, s.bits = c.state, s.bits+int(c.bits)
		s.crc = s.crc<<4&0x7FFF ^ crcs[s.crc>>11&0xF^four]
	}
	for i := n - 1; i >= 0; i-- {
		b := v >> i & 1
		var more int
		s.state, more = s.state.next(b)
		s.bits += more
		s.crc = crc15(s.crc, b)
	}
}

// stuff sends the stuff bit that is due, if one is.
func (s *stuffer) stuff() {
	if s.state&runLength == maxRun {
		s.bits++
		s.state = s.state&lastBit ^ lastBit | 1
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
