package signal

import "encoding/binary"

// place is where the bits of a signal are. Its bytes are first to last; in the order from the most to the least
// significant one they form a number, of which the signal is what is left of a shift to the right by shift.
type place struct {
	first, last int
	shift       uint // 0 to 7
	mask        uint64
	signBit     uint64 // zero unless the signal is signed
	order       ByteOrder
	window      int // of eight bytes that hold the signal; -1 if the message or the signal does not allow one
	windowShift uint
}

// newPlace says where a signal is in a message of size bytes. It says no if it does not fit.
func newPlace(s *Signal, size int) (place, bool) {
	p := place{mask: ^uint64(0) >> (64 - s.Length), order: s.Order, window: -1}
	if s.Type == Signed {
		p.signBit = 1 << (s.Length - 1)
	}
	p.first = s.Start / 8
	if s.Order == Intel {
		end := s.Start + s.Length - 1
		p.last = end / 8
		p.shift = uint(s.Start % 8)
	} else {
		end := p.first*8 + 7 - s.Start%8 + s.Length - 1 // of bits counted from the most significant of byte 0
		p.last = end / 8
		p.shift = uint(7 - end%8)
	}
	if p.last >= size {
		return place{}, false
	}
	if size >= 8 && p.last-p.first < 8 {
		p.window = min(p.first, size-8)
		p.windowShift = p.shift + uint(8*p.skipped())
	}
	return p, true
}

// skipped counts the bytes of the window that are less significant than the signal's.
func (p *place) skipped() int {
	if p.order == Intel {
		return p.first - p.window
	}
	return p.window + 7 - p.last
}

// in says that data has all bytes of the signal.
func (p *place) in(data []byte) bool { return p.last < len(data) }

// get reads the signal from data, which has all its bytes. Negative numbers are extended to 64 bits.
func (p *place) get(data []byte) uint64 {
	var v uint64
	switch {
	case p.window < 0 || p.window+8 > len(data):
		v = p.gather(data)
	case p.order == Intel:
		v = binary.LittleEndian.Uint64(data[p.window:]) >> p.windowShift
	default:
		v = binary.BigEndian.Uint64(data[p.window:]) >> p.windowShift
	}
	v &= p.mask
	return v ^ p.signBit - p.signBit
}

// gather reads a signal byte by byte, up to nine of them.
func (p *place) gather(data []byte) uint64 {
	n := p.last - p.first + 1
	v := uint64(data[p.index(n-1)]) >> p.shift
	for i := range n - 1 { // the most significant first
		v |= uint64(data[p.index(i)]) << (8*(n-1-i) - int(p.shift))
	}
	return v
}

// put writes the signal and leaves the other bits as they are.
func (p *place) put(data []byte, raw uint64) {
	n := p.last - p.first + 1
	raw &= p.mask
	least := &data[p.index(n-1)]
	*least = *least&^byte(p.mask<<p.shift) | byte(raw<<p.shift)
	for i := range n - 1 {
		shift := 8*(n-1-i) - int(p.shift)
		b := &data[p.index(i)]
		*b = *b&^byte(p.mask>>shift) | byte(raw>>shift)
	}
}

// index returns the position in the frame of the signal's i-th byte, counted from the most significant one.
func (p *place) index(i int) int {
	if p.order == Intel {
		return p.last - i
	}
	return p.first + i
}
