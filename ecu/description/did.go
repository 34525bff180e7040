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

// DID is one data identifier: its number and how its bytes read.
type DID struct {
	ID     uint16 `yaml:"id" json:"id"`
	Format string `yaml:"format,omitempty" json:"format,omitempty" jsonschema:"description=how the bytes are shown; hex if left out,enum=ascii,enum=hex,enum=uint,enum=bcd"`
	// Length is the number of bytes, 0 where it varies or is not known. Writing a uint needs it.
	Length int `yaml:"length,omitempty" json:"length,omitempty" jsonschema:"description=number of bytes; any if left out,minimum=1,maximum=4093"`
}

// Formats of data identifiers.
const (
	ASCII = "ascii" // text; padding at the end (00, FF, blanks) is not shown
	Hex   = "hex"   // digits without blanks, as in "0102AB"
	Uint  = "uint"  // a big-endian number of any length
	BCD   = "bcd"   // packed decimal digits
)

// Decode shows what an ECU sent. It never fails, since an ECU may send anything: bytes that do not fit the format
// appear as hexadecimal digits, or as escapes within text.
func (d DID) Decode(data []byte) string {
	switch d.Format {
	case ASCII:
		return quoteUnprintable(string(trimPadding(data)))
	case Uint:
		if len(data) > 0 && len(data) <= 16 {
			return new(big.Int).SetBytes(data).String()
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
func (d DID) Encode(text string) ([]byte, error) {
	data, err := d.encode(text)
	if err == nil && d.Length != 0 && len(data) != d.Length {
		err = fmt.Errorf("it has %d bytes, want %d", len(data), d.Length)
	}
	if err != nil {
		return nil, fmt.Errorf("value %q of identifier %04X: %w", text, d.ID, err)
	}
	return data, nil
}

func (d DID) encode(text string) ([]byte, error) {
	switch d.Format {
	case ASCII:
		return encodeASCII(text, d.Length)
	case Uint:
		return encodeUint(text, d.Length)
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

func encodeUint(text string, length int) ([]byte, error) {
	if length == 0 {
		return nil, errors.New("writing a number needs the identifier's length in the description")
	}
	n, ok := new(big.Int).SetString(text, 0)
	if !ok || n.Sign() < 0 {
		return nil, errors.New("want a number that is not negative")
	}
	if n.BitLen() > 8*length {
		return nil, fmt.Errorf("it does not fit %d bytes", length)
	}
	return n.FillBytes(make([]byte, length)), nil
}
