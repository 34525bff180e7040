package signal

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// ByteOrder is the order of a signal's bytes in the frame.
type ByteOrder uint8

// Byte orders, by the names that DBC editors give them.
const (
	Intel    ByteOrder = iota // little-endian
	Motorola                  // big-endian
)

func (o ByteOrder) String() string {
	if o == Motorola {
		return "Motorola"
	}
	return "Intel"
}

// Type says how the bits of a signal are read.
type Type uint8

// Types.
const (
	Unsigned Type = iota
	Signed        // two's complement
	Float         // IEEE 754, of 32 or 64 bits
)

func (t Type) String() string {
	return [...]string{"unsigned", "signed", "float"}[t]
}

// Signal is a group of bits in a message.
type Signal struct {
	Name string
	// Start is the position of the least significant bit (Intel) or of the most significant one (Motorola), as the DBC
	// file counts: 8 times the byte plus the bit, whose 0 is the least significant of the byte.
	Start int
	// Length is the number of bits, 1 to 64.
	Length int
	Order  ByteOrder
	Type   Type
	// The physical value is the raw one times Factor plus Offset.
	Factor, Offset float64
	// Min and Max are the limits of the physical value. Both are zero if there are none.
	Min, Max  float64
	Unit      string
	Receivers []string
	Comment   string
	// Labels are the signal's value table, by raw value.
	Labels []Label
	// Initial is the raw value that the signal has until it is set (GenSigStartValue), in the form of [Value.Raw].
	Initial uint64
	// Multiplexer says that other signals of the message depend on this one.
	Multiplexer bool
	// Selection says when the signal is in the frame; always, if it is nil.
	Selection *Selection

	place  place
	lo, hi float64 // limits of the raw number
}

// Label is the text of a raw value.
type Label struct {
	// Raw is in the form of [Value.Raw].
	Raw  uint64
	Text string
}

// fewLabels are looked through faster than searched.
const fewLabels = 8

// Text returns the text of a raw value, "" if it has none.
func (s *Signal) Text(raw uint64) string {
	if len(s.Labels) > fewLabels {
		i, found := slices.BinarySearchFunc(s.Labels, raw, func(l Label, raw uint64) int { return cmp.Compare(l.Raw, raw) })
		if found {
			return s.Labels[i].Text
		}
		return ""
	}
	for i := range s.Labels {
		if s.Labels[i].Raw == raw {
			return s.Labels[i].Text
		}
	}
	return ""
}

// number returns the raw value as a number.
func (s *Signal) number(raw uint64) float64 {
	switch {
	case s.Type == Signed || s.Type == Unsigned && int64(raw) >= 0:
		return float64(int64(raw)) // one instruction, unlike uint64
	case s.Type == Unsigned:
		return float64(raw)
	case s.Length == 32:
		return float64(math.Float32frombits(uint32(raw)))
	}
	return math.Float64frombits(raw)
}

// raw turns a number, which is whole unless the signal is a float, into a raw value. It says no if the bits cannot hold
// it.
func (s *Signal) raw(number float64) (uint64, bool) {
	lo, hi := s.span()
	if !(number >= lo && number <= hi) {
		return 0, false
	}
	switch {
	case s.Type == Float && s.Length == 32:
		return uint64(math.Float32bits(float32(number))), true
	case s.Type == Float:
		return math.Float64bits(number), true
	case s.Type == Signed && number >= math.MaxInt64: // the span of 64 bits ends between two float64
		return math.MaxInt64, true
	case s.Type == Signed:
		return uint64(int64(number)), true
	case number >= math.MaxUint64:
		return math.MaxUint64, true
	}
	return uint64(number), true
}

// span returns the smallest and the largest number that the bits can hold.
func (s *Signal) span() (lo, hi float64) {
	switch {
	case s.Type == Unsigned:
		return 0, math.Ldexp(1, s.Length) - 1
	case s.Type == Signed:
		return -math.Ldexp(1, s.Length-1), math.Ldexp(1, s.Length-1) - 1
	case s.Length == 32:
		return -math.MaxFloat32, math.MaxFloat32
	}
	return -math.MaxFloat64, math.MaxFloat64
}

// limit derives the limits of the raw number from Min and Max. They are widened by what the decimal numbers of a file
// lose in binary: 127 * 0.1 is a little more than 12.7.
func (s *Signal) limit() {
	s.lo, s.hi = s.span()
	if s.Min == 0 && s.Max == 0 {
		return
	}
	lo, hi := (s.Min-s.Offset)/s.Factor, (s.Max-s.Offset)/s.Factor
	if s.Factor < 0 {
		lo, hi = hi, lo
	}
	const tolerance = 1e-9
	s.lo = max(s.lo, lo-tolerance*max(1, math.Abs(lo)))
	s.hi = min(s.hi, hi+tolerance*max(1, math.Abs(hi)))
}

// accepts describes the physical values that can be encoded.
func (s *Signal) accepts() string {
	lo, hi := s.span()
	lo, hi = lo*s.Factor+s.Offset, hi*s.Factor+s.Offset
	lo, hi = min(lo, hi), max(lo, hi)
	if s.Min != 0 || s.Max != 0 {
		lo, hi = max(lo, s.Min), min(hi, s.Max)
	}
	text := fmt.Sprintf("%.10g to %.10g", lo, hi)
	if s.Unit != "" {
		text += " " + s.Unit
	}
	if s.Type != Float {
		text += fmt.Sprintf(" in steps of %.10g", math.Abs(s.Factor))
	}
	return text
}

// Selection ties a signal to a multiplexer: it is in the frame only if By is, and has a value in one of the ranges.
type Selection struct {
	By     *Signal
	Ranges []Range
}

// Range is a range of raw values, both ends included.
type Range struct{ From, To uint64 }

func (r Range) String() string {
	if r.From == r.To {
		return fmt.Sprint(r.From)
	}
	return fmt.Sprintf("%d to %d", r.From, r.To)
}

func (s *Selection) has(raw uint64) bool {
	return slices.ContainsFunc(s.Ranges, func(r Range) bool { return raw >= r.From && raw <= r.To })
}

func (s *Selection) String() string {
	return fmt.Sprintf("%s = %s", s.By.Name, listed(s.Ranges, Range.String))
}
