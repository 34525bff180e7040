package uds

import (
	"context"
	"fmt"
	"math"
)

// ScalingType is what a scaling byte says of a parameter (annex C).
type ScalingType byte

// Types of scaling.
const (
	UnsignedNumeric        ScalingType = 0x0
	SignedNumeric          ScalingType = 0x1
	BitMappedWithoutMask   ScalingType = 0x2
	BitMappedWithMask      ScalingType = 0x3
	BinaryCodedDecimal     ScalingType = 0x4
	StateEncoded           ScalingType = 0x5
	ASCII                  ScalingType = 0x6
	SignedFloatingPoint    ScalingType = 0x7
	Packet                 ScalingType = 0x8
	ScalingFormula         ScalingType = 0x9
	UnitFormat             ScalingType = 0xA
	StateAndConnectionType ScalingType = 0xB
)

func (t ScalingType) String() string {
	names := []string{
		"unSignedNumeric", "signedNumeric", "bitMappedReportedWithOutMask", "bitMappedReportedWithMask",
		"binaryCodedDecimal", "stateEncodedVariable", "ASCII", "signedFloatingPoint", "packet", "formula", "unit/format",
		"stateAndConnectionType",
	}
	if int(t) < len(names) {
		return names[t]
	}
	return fmt.Sprintf("reserved (0x%X)", byte(t))
}

// Scaling is a scaling byte with its extension.
type Scaling struct {
	Type ScalingType
	// Size is the low half of the scaling byte: how many bytes the parameter has; of a formula and a unit, how many bytes
	// the extension has, or 0.
	Size int
	// Extension is the validity mask of a parameter that is bit mapped without mask, and the one byte of a unit or of
	// stateAndConnectionType. A formula's is taken apart.
	Extension []byte
	// Formula is its identifier, and Constants are C0 and so on.
	Formula   byte
	Constants []float64
}

// constants is how many constants the formulas of annex C have, by their identifiers.
var constants = []int{2, 2, 3, 2, 2, 3, 1, 1, 1, 2}

// ReadScalingData reads how the data of an identifier are scaled (11.4).
func (c *Client) ReadScalingData(ctx context.Context, did uint16) ([]Scaling, error) {
	id := word(did)
	return parsed(ctx, c, join([]byte{SIDReadScalingDataByIdentifier}, id), id, func(r *reader) []Scaling {
		return append([]Scaling{r.scaling()}, each(r, (*reader).scaling)...)
	})
}

func (r *reader) scaling() Scaling {
	b := r.byte()
	s := Scaling{Type: ScalingType(b >> 4), Size: int(b & 0xF)}
	switch s.Type {
	case BitMappedWithoutMask:
		s.Extension = r.bytes(s.Size)
	case ScalingFormula:
		s.Formula, s.Constants = r.formula(s.Size)
	case UnitFormat:
		s.Extension = r.bytes(max(s.Size, 1))
	case StateAndConnectionType:
		s.Extension = r.bytes(1)
	}
	return s
}

// formula takes the extension of a formula: its identifier and its constants in two bytes each. Some servers give 0 as
// its size; then the identifier tells how many constants there are.
func (r *reader) formula(size int) (id byte, values []float64) {
	id = r.byte()
	n := (size - 1) / 2
	switch {
	case size == 0 && int(id) < len(constants):
		n = constants[id]
	case size%2 == 0:
		r.fail("formula %02X has an extension of %d bytes", id, size)
		return id, nil
	}
	for range n {
		values = append(values, real16(r.word()))
	}
	return id, values
}

// real16 is a decimal number with an exponent of 4 bits and a mantissa of 12, both signed.
func real16(v uint16) float64 {
	return float64(int16(v<<4)>>4) * math.Pow10(int(int16(v)>>12))
}
