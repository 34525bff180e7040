package description

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Codec says how bytes read.
type Codec struct {
	Format string `yaml:"format,omitempty" json:"format,omitempty" jsonschema:"description=how the bytes are shown; hex if left out,enum=ascii,enum=hex,enum=uint,enum=int,enum=float,enum=bcd"`
	// Length is the number of bytes, 0 where it varies or is not known. Writing a number needs it.
	Length int `yaml:"length,omitempty" json:"length,omitempty" jsonschema:"description=number of bytes; any if left out,minimum=1,maximum=4093"`
	// LittleEndian numbers have their least significant byte first.
	LittleEndian bool `yaml:"little_endian,omitempty" json:"little_endian,omitempty" jsonschema:"description=numbers begin with their least significant byte"`
	// A number stands for number times Scale plus Offset in Unit. A Scale of 0 is 1.
	Scale  float64 `yaml:"scale,omitempty" json:"scale,omitempty" jsonschema:"description=factor from the number to the physical value; 1 if left out"`
	Offset float64 `yaml:"offset,omitempty" json:"offset,omitempty" jsonschema:"description=added to the number times scale; 0 if left out"`
	Unit   string  `yaml:"unit,omitempty" json:"unit,omitempty" jsonschema:"description=unit of the physical value such as V"`
	// Values name numbers.
	Values map[int64]string `yaml:"values,omitempty" json:"values,omitempty" jsonschema:"description=names of numbers"`
}

// Formats of codecs.
const (
	ASCII = "ascii" // text; padding at the end (00, FF, blanks) is not shown
	Hex   = "hex"   // digits without blanks, as in "0102AB"
	Uint  = "uint"  // a number of any length
	Int   = "int"   // the same in two's complement
	Float = "float" // IEEE 754 of 4 or 8 bytes
	BCD   = "bcd"   // packed decimal digits
)

// CodecFormats are the formats that [Codec] accepts.
func CodecFormats() []string { return []string{ASCII, Hex, Uint, Int, Float, BCD} }

// maxNumber bounds what is shown as a number, in bytes.
const maxNumber = 16

// Decode shows what an ECU sent. It never fails, since an ECU may send anything: bytes that do not fit the format
// appear as hexadecimal digits, or as escapes within text.
func (c Codec) Decode(data []byte) string {
	switch c.Format {
	case ASCII:
		return quoteUnprintable(string(trimPadding(data)))
	case Uint, Int, Float:
		if text, ok := c.decodeNumber(data); ok {
			return text
		}
	}
	return strings.ToUpper(hex.EncodeToString(data))
}

func trimPadding(data []byte) []byte {
	for len(data) > 0 && bytes.IndexByte([]byte{0x00, 0xFF, ' '}, data[len(data)-1]) >= 0 {
		data = data[:len(data)-1]
	}
	return data
}

func quoteUnprintable(text string) string {
	quoted := strconv.QuoteToASCII(text)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}

// Encode turns text into the bytes to be written to an ECU.
func (c Codec) Encode(text string) ([]byte, error) {
	data, err := c.encode(text)
	if err == nil && c.Length != 0 && len(data) != c.Length {
		err = fmt.Errorf("it has %d bytes, want %d", len(data), c.Length)
	}
	if err != nil {
		return nil, fmt.Errorf("value %q: %w", text, err)
	}
	return data, nil
}

func (c Codec) encode(text string) ([]byte, error) {
	switch c.Format {
	case ASCII:
		return encodeASCII(text, c.Length)
	case Uint, Int, Float:
		return c.encodeNumber(text)
	case BCD:
		if i := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
			return nil, fmt.Errorf("%q is not a decimal digit", text[i:i+1])
		}
	}
	data, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		return nil, errors.New("want an even number of digits")
	}
	return data, nil
}

// encodeASCII pads with zero bytes, as Decode expects.
func encodeASCII(text string, length int) ([]byte, error) {
	for _, r := range text {
		if r < ' ' || r > '~' {
			return nil, fmt.Errorf("%q is not a printable ASCII character", r)
		}
	}
	data := []byte(text)
	if len(data) < length {
		data = append(data, make([]byte, length-len(data))...)
	}
	return data, nil
}

// encodeInteger writes n in length bytes, big-endian and in two's complement if it is signed.
func encodeInteger(n *big.Int, length int, signed bool) ([]byte, error) {
	if length == 0 {
		return nil, errors.New("writing a number needs its length in the description")
	}
	limit := new(big.Int).Lsh(big.NewInt(1), uint(8*length))
	lowest, beyond := new(big.Int), limit
	if signed {
		beyond = new(big.Int).Rsh(limit, 1)
		lowest.Neg(beyond)
	}
	switch {
	case n.Sign() < 0 && !signed:
		return nil, errors.New("want a number that is not negative")
	case n.Cmp(lowest) < 0 || n.Cmp(beyond) >= 0:
		return nil, fmt.Errorf("it does not fit %d bytes", length)
	case n.Sign() < 0:
		n = new(big.Int).Add(n, limit)
	}
	return n.FillBytes(make([]byte, length)), nil
}
