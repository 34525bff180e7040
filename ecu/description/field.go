package description

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// Field is a part of a record: whole bytes, or bits. As in ODX, bits are those of the big-endian number that the bytes
// make which they touch, counted from its least significant bit.
type Field struct {
	Name  string `yaml:"name" json:"name" jsonschema:"description=name of the field"`
	Byte  int    `yaml:"byte,omitempty" json:"byte,omitempty" jsonschema:"description=first byte; 0 is the first,minimum=0,maximum=4092"`
	Bit   int    `yaml:"bit,omitempty" json:"bit,omitempty" jsonschema:"description=lowest bit in the number that the field's bytes make,minimum=0,maximum=7"`
	Bits  int    `yaml:"bits,omitempty" json:"bits,omitempty" jsonschema:"description=number of bits; whole bytes if left out,minimum=1,maximum=64"`
	Codec `yaml:",inline"`
}

// Part is a field with what an ECU sent for it.
type Part struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// length is the number of bytes that a field touches; 0 for one that reaches to the end.
func (f Field) length() int {
	if f.Bits > 0 {
		return (f.Bit + f.Bits + 7) / 8
	}
	return f.Length
}

// end is where the field ends, for a record of size bytes.
func (f Field) end(size int) int {
	if n := f.length(); n > 0 {
		return f.Byte + n
	}
	return max(f.Byte, size)
}

func decodeFields(fields []Field, data []byte) []Part {
	var parts []Part
	for _, f := range fields {
		if f.Byte > len(data) || f.end(len(data)) > len(data) {
			continue
		}
		parts = append(parts, Part{f.Name, f.decode(data[f.Byte:f.end(len(data))])})
	}
	return parts
}

func (f Field) decode(data []byte) string {
	if f.Bits == 0 {
		return f.Codec.Decode(data)
	}
	n := new(big.Int).SetBytes(f.bigEndian(data))
	n.Rsh(n, uint(f.Bit))
	n.And(n, f.mask())
	if f.Format == Int && n.Bit(f.Bits-1) == 1 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(f.Bits)))
	}
	if name, ok := f.Values[n.Int64()]; ok && n.IsInt64() {
		return name
	}
	return f.physical(new(big.Rat).SetInt(n))
}

func (f Field) mask() *big.Int {
	one := big.NewInt(1)
	return new(big.Int).Sub(new(big.Int).Lsh(one, uint(f.Bits)), one)
}

func joinFields(parts []Part) string {
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = p.Name + "=" + p.Value
	}
	return strings.Join(texts, ", ")
}

// encodeFields reads what joinFields writes. All fields have to be there, and what no field covers is zero.
func encodeFields(fields []Field, length int, text string) ([]byte, error) {
	values := map[string]string{}
	for part := range strings.SplitSeq(text, ",") {
		name, value, found := strings.Cut(strings.TrimSpace(part), "=")
		if !found {
			return nil, fmt.Errorf("%q is not a field with its value; want NAME=VALUE, NAME=VALUE", strings.TrimSpace(part))
		}
		values[name] = value
	}
	data := make([]byte, length)
	for _, f := range fields {
		value, ok := values[f.Name]
		if !ok {
			return nil, fmt.Errorf("field %q is missing", f.Name)
		}
		delete(values, f.Name)
		var err error
		if data, err = f.put(data, value); err != nil {
			return nil, fmt.Errorf("field %q: %w", f.Name, err)
		}
	}
	for name := range values {
		return nil, fmt.Errorf("it has no field %q", name)
	}
	return data, nil
}

// put writes a value into the record, which grows as far as needed.
func (f Field) put(data []byte, value string) ([]byte, error) {
	whole := f.Codec
	if f.Bits > 0 {
		whole.Length = 9 // holds any field of bits with its sign
		whole.Format, whole.LittleEndian = Int, false
	}
	encoded, err := whole.Encode(value)
	if err != nil {
		return nil, err
	}
	size := f.length()
	if f.Bits == 0 {
		size = len(encoded)
	}
	if missing := f.Byte + size - len(data); missing > 0 {
		data = append(data, make([]byte, missing)...)
	}
	if f.Bits == 0 {
		copy(data[f.Byte:], encoded)
		return data, nil
	}
	return data, f.putBits(data[f.Byte:f.Byte+size], new(big.Int).SetBytes(encoded))
}

// putBits puts a number of nine bytes in two's complement among the bits of others.
func (f Field) putBits(place []byte, n *big.Int) error {
	mask := f.mask()
	if n.Bit(71) == 1 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), 72))
	}
	lowest, highest := new(big.Int), mask
	if f.Format == Int {
		highest = new(big.Int).Rsh(mask, 1)
		lowest = new(big.Int).Sub(new(big.Int).Neg(highest), big.NewInt(1))
	}
	if n.Cmp(lowest) < 0 || n.Cmp(highest) > 0 {
		return fmt.Errorf("it does not fit %d bits", f.Bits)
	}
	all := new(big.Int).SetBytes(f.bigEndian(place))
	all.Or(all, new(big.Int).Lsh(new(big.Int).And(n, mask), uint(f.Bit)))
	filled := all.FillBytes(make([]byte, len(place)))
	if f.LittleEndian {
		slices.Reverse(filled)
	}
	copy(place, filled)
	return nil
}
