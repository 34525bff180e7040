package description

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// decodeNumber shows a number with its name or its unit, and fails for bytes that are none.
func (c Codec) decodeNumber(data []byte) (string, bool) {
	if len(data) == 0 || len(data) > maxNumber {
		return "", false
	}
	data = c.bigEndian(data)
	if c.Format == Float {
		return c.decodeFloat(data)
	}
	n := new(big.Int).SetBytes(data)
	if c.Format == Int && data[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(data))))
	}
	if n.IsInt64() {
		if name, ok := c.Values[n.Int64()]; ok {
			return name, true
		}
	}
	return c.physical(new(big.Rat).SetInt(n)), true
}

func (c Codec) bigEndian(data []byte) []byte {
	if c.LittleEndian {
		data = slices.Clone(data)
		slices.Reverse(data)
	}
	return data
}

func (c Codec) decodeFloat(data []byte) (string, bool) {
	var v float64
	bits := 64
	switch len(data) {
	case 4:
		v, bits = float64(math.Float32frombits(binary.BigEndian.Uint32(data))), 32
	case 8:
		v = math.Float64frombits(binary.BigEndian.Uint64(data))
	default:
		return "", false
	}
	exact := new(big.Rat)
	if c.linear() || exact.SetFloat64(v) == nil { // nil for infinities and what is not a number
		return c.withUnit(strconv.FormatFloat(v, 'g', -1, bits)), true
	}
	return c.physical(exact), true
}

// linear says that numbers are physical values as they are.
func (c Codec) linear() bool { return (c.Scale == 0 || c.Scale == 1) && c.Offset == 0 }

// physical computes in decimal fractions, so that 12345 at 0.001 V reads 12.345 V.
func (c Codec) physical(n *big.Rat) string {
	if c.Scale != 0 {
		n.Mul(n, decimal(c.Scale))
	}
	n.Add(n, decimal(c.Offset))
	places, exact := n.FloatPrec()
	if !exact {
		places = 9
	}
	return c.withUnit(n.FloatString(places))
}

func (c Codec) withUnit(text string) string {
	if c.Unit == "" {
		return text
	}
	return text + " " + c.Unit
}

// decimal is the fraction that a number in a file was meant as.
func decimal(v float64) *big.Rat {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64))
	if !ok { // not a finite number, which validation refuses
		return new(big.Rat)
	}
	return r
}

// encodeNumber reads a name, or a physical value with or without its unit.
func (c Codec) encodeNumber(text string) ([]byte, error) {
	for _, n := range slices.Sorted(maps.Keys(c.Values)) { // several may have the same name; the lowest is written
		if c.Values[n] == text {
			return c.encodeRaw(new(big.Rat).SetInt64(n))
		}
	}
	text = strings.TrimSpace(strings.TrimSuffix(text, c.Unit))
	value, ok := new(big.Rat).SetString(text)
	if n, whole := new(big.Int).SetString(text, 0); whole { // 0x10 as well
		value, ok = new(big.Rat).SetInt(n), true
	}
	if !ok {
		return nil, fmt.Errorf("want %s", c.wanted())
	}
	value.Sub(value, decimal(c.Offset))
	if c.Scale != 0 {
		value.Quo(value, decimal(c.Scale))
	}
	return c.encodeRaw(value)
}

func (c Codec) wanted() string {
	if len(c.Values) == 0 {
		return "a number"
	}
	names := make([]string, 0, len(c.Values))
	for _, name := range c.Values {
		names = append(names, strconv.Quote(name))
	}
	slices.Sort(names)
	return "a number or one of " + strings.Join(names, ", ")
}

// encodeRaw writes the number behind a physical value. Values between two numbers are refused, not rounded.
func (c Codec) encodeRaw(n *big.Rat) ([]byte, error) {
	var data []byte
	var err error
	if c.Format == Float {
		data, err = encodeFloat(n, c.Length)
	} else if !n.IsInt() {
		step := c.Scale
		if step == 0 {
			step = 1
		}
		return nil, fmt.Errorf("it is between two values that can be written; they are %v apart", step)
	} else {
		data, err = encodeInteger(n.Num(), c.Length, c.Format == Int)
	}
	return c.bigEndian(data), err
}

func encodeFloat(n *big.Rat, length int) ([]byte, error) {
	switch length {
	case 4:
		v, _ := n.Float32()
		return binary.BigEndian.AppendUint32(nil, math.Float32bits(v)), nil
	case 8:
		v, _ := n.Float64()
		return binary.BigEndian.AppendUint64(nil, math.Float64bits(v)), nil
	}
	return nil, errors.New("writing a float needs a length of 4 or 8 in the description")
}
