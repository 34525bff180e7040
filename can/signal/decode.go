package signal

import (
	"fmt"
	"slices"
	"strconv"
)

// Value is what a frame says of one signal.
type Value struct {
	*Signal
	// Raw holds the bits: of a signed signal as a 64-bit two's complement number, of a 32-bit float in the lower half.
	Raw uint64
	// Physical is Raw, as a number, times Factor plus Offset. A float64 keeps 53 bits of it.
	Physical float64
	// Label is the text of the value table, "" if Raw is not in it.
	Label string
	// OutOfRange says that Physical is not within Min and Max, or not a number.
	OutOfRange bool
}

// Int returns the raw value of a signal that is not a float.
func (v Value) Int() int64 { return int64(v.Raw) }

// String returns the value with name and unit: "Speed = 87.5 km/h", "Gear = 3 (Third)".
func (v Value) String() string {
	text := v.Name + " = " + strconv.FormatFloat(v.Physical, 'g', 12, 64)
	if v.Unit != "" {
		text += " " + v.Unit
	}
	if v.Label != "" {
		text += " (" + v.Label + ")"
	}
	if v.OutOfRange {
		text += " out of range"
	}
	return text
}

// read explains the signal in data. It writes where v points because copies of a Value take longer than all the rest.
func (s *Signal) read(v *Value, data []byte) {
	raw := s.place.get(data)
	number := s.number(raw)
	v.Signal = s
	v.Raw = raw
	v.Physical = number*s.Factor + s.Offset
	v.OutOfRange = !(number >= s.lo && number <= s.hi)
	v.Label = ""
	if len(s.Labels) > 0 {
		v.Label = s.Text(raw)
	}
}

// ShortError says what a frame of too few bytes does not tell.
type ShortError struct {
	Message *Message
	Got     int // bytes
	// Missing are the signals that are not, or not wholly, in the frame. Signals whose multiplexer is missing are not
	// among them: nobody knows whether they would be there.
	Missing []*Signal
}

func (e *ShortError) Error() string {
	return fmt.Sprintf("message %s: %v: %d of %d bytes, missing signals: %s", e.Message.Name, ErrShort, e.Got,
		e.Message.Size, listed(e.Missing, func(s *Signal) string { return s.Name }))
}

func (e *ShortError) Unwrap() error { return ErrShort }

// Decode appends the values of all signals that are in data to dst, in the order of m.Signals. If data is shorter than
// the message, it appends what is wholly there and fails with a [ShortError]. Bytes after the message are padding.
// Decode allocates only when dst is full or data short.
func (m *Message) Decode(dst []Value, data []byte) ([]Value, error) {
	for _, s := range m.Signals {
		if (s.Selection == nil || s.selected(data)) && s.place.in(data) {
			if len(dst) == cap(dst) {
				dst = slices.Grow(dst, len(m.Signals))
			}
			dst = dst[:len(dst)+1]
			s.read(&dst[len(dst)-1], data)
		}
	}
	if len(data) < m.Size {
		return dst, m.short(data)
	}
	return dst, nil
}

// selected says that the signal is in the frame as far as multiplexers tell. A multiplexer of which bytes are missing
// selects nothing.
func (s *Signal) selected(data []byte) bool {
	sel := s.Selection
	return sel == nil || sel.By.selected(data) && sel.By.place.in(data) && sel.has(sel.By.place.get(data))
}

func (m *Message) short(data []byte) *ShortError {
	e := &ShortError{Message: m, Got: len(data)}
	for _, s := range m.Signals {
		if s.selected(data) && !s.place.in(data) {
			e.Missing = append(e.Missing, s)
		}
	}
	return e
}
