package odx

import (
	"bytes"
	"math/big"
	"slices"

	"otabench/ecu/description"
)

// part is a piece of a message with its place.
type part struct {
	at        *element // PARAM
	name      string   // with the names of the structures around it
	byte, bit int
	shape     shape
	constant  []byte // what a constant or a default has to be, as a number of shape.bits; nil for none
	fixed     bool   // the constant is no default
	row       bool   // what lies here depends on a row of a table (TABLE-STRUCT)
	hidden    bool   // it holds nothing to show
}

// length is the number of bytes that a part touches, 0 for one that reaches to the end.
func (p part) length() int {
	if p.shape.bits == 0 {
		return 0
	}
	return (p.bit + p.shape.bits + 7) / 8
}

// whole says that a part is of whole bytes.
func (p part) whole() bool { return p.bit == 0 && p.shape.bits%8 == 0 }

// field makes a part a field of a record that begins at a byte of the message.
func (p part) field(name string, start int) (f description.Field, loss string) {
	f = description.Field{Name: name, Byte: p.byte - start, Codec: p.shape.codec}
	f.LittleEndian = f.LittleEndian && p.length() > 1
	if p.whole() {
		return f, ""
	}
	if p.shape.bits > 64 || p.shape.bits == 0 {
		f.Codec = description.Codec{Format: description.Hex, Length: p.length()}
		return f, "is more than 64 bits that do not begin or end with a byte, so it is shown as bytes"
	}
	f.Bit, f.Bits, f.Length = p.bit, p.shape.bits, 0
	if f.Format != description.Uint && f.Format != description.Int {
		f.Format, loss = description.Uint, "does not begin or end with a byte, so it is shown as a number"
	}
	return f, loss
}

// encode makes the bytes of a value that a document gives, with its first byte the highest if it is not of whole bytes.
// An internal value is one without its COMPU-METHOD. Values that do not fit give nil.
func (s shape) encode(text string, internal bool) []byte {
	c := s.codec
	if internal {
		c.Scale, c.Offset, c.Unit, c.Values = 0, 0, "", nil
	}
	if s.number {
		c.Format = description.Uint
	}
	c.Length = (s.bits + 7) / 8
	c.LittleEndian = c.LittleEndian && s.bits%8 == 0
	data, err := c.Encode(text)
	if err != nil || len(data) > maxBits/8 {
		return nil
	}
	if n := new(big.Int).SetBytes(data); s.bits%8 != 0 && n.BitLen() > s.bits && c.Format != description.Int {
		return nil
	}
	return data
}

// known is what is certain of the beginning of a message.
type known struct{ bytes, mask []byte }

// constants collects the constants of a message up to a length in bytes, and with defaults those as well.
func (l *layout) constants(length int, defaults bool) known {
	k := known{make([]byte, length), make([]byte, length)}
	for _, p := range l.parts {
		if p.constant != nil && (p.fixed || defaults) {
			k.put(p)
		}
	}
	return k
}

// put places a constant among the bits of others.
func (k *known) put(p part) {
	size := p.length()
	if size == 0 {
		size = len(p.constant)
	}
	if p.byte+size > len(k.bytes) {
		size = len(k.bytes) - p.byte
	}
	if size <= 0 {
		return
	}
	if p.whole() {
		copy(k.bytes[p.byte:p.byte+size], p.constant)
		copy(k.mask[p.byte:p.byte+size], bytes.Repeat([]byte{0xFF}, len(p.constant)))
		return
	}
	one := big.NewInt(1)
	mask := new(big.Int).Sub(new(big.Int).Lsh(one, uint(p.shape.bits)), one)
	n := new(big.Int).And(new(big.Int).SetBytes(p.constant), mask)
	k.or(p, k.bytes[p.byte:p.byte+size], n)
	k.or(p, k.mask[p.byte:p.byte+size], mask)
}

// or puts bits among others.
func (k *known) or(p part, to []byte, n *big.Int) {
	from := n.Lsh(n, uint(p.bit)).FillBytes(make([]byte, p.length()))
	if p.shape.codec.LittleEndian {
		slices.Reverse(from)
	}
	for i := range to {
		to[i] |= from[i]
	}
}

// number is the number in some bytes of a message, if all of it is certain.
func (k known) number(at, length int) (int, bool) {
	if at+length > len(k.bytes) {
		return 0, false
	}
	n := 0
	for i := at; i < at+length; i++ {
		if k.mask[i] != 0xFF {
			return 0, false
		}
		n = n<<8 | int(k.bytes[i])
	}
	return n, true
}
