package signal

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"otabench/can"
)

// ErrRange means that a signal cannot take a value.
var ErrRange = errors.New("value is not accepted")

// Input is a value for a signal: [Physical], [Raw] or [Text].
type Input struct {
	kind     inputKind
	number   float64
	raw      uint64
	negative bool
	text     string
}

type inputKind uint8

const (
	physicalInput inputKind = iota
	rawInput
	textInput
)

// Physical gives a signal a physical value. It is rounded to the nearest raw value, halves away from zero, and must lie
// within the signal's limits.
func Physical(v float64) Input { return Input{kind: physicalInput, number: v} }

// Raw gives a signal a raw value in the form of [Value.Raw]. It may be outside the signal's limits, as invalid values
// are that a test sends on purpose, if the bits can hold it.
func Raw[T ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64](v T) Input {
	return Input{kind: rawInput, raw: uint64(v), negative: v < 0}
}

// Text gives a signal the raw value that has this text in its value table.
func Text(text string) Input { return Input{kind: textInput, text: text} }

func (in Input) String() string {
	switch {
	case in.kind == physicalInput:
		return fmt.Sprintf("%.10g", in.number)
	case in.kind == textInput:
		return fmt.Sprintf("%q", in.text)
	case in.negative:
		return fmt.Sprintf("raw %d", int64(in.raw))
	}
	return fmt.Sprintf("raw %d", in.raw)
}

// encode returns the raw value of in. Errors wrap ErrRange and say what would do.
func (s *Signal) encode(in Input) (uint64, error) {
	switch in.kind {
	case rawInput:
		return s.encodeRaw(in)
	case textInput:
		return s.encodeText(in)
	}
	number := (in.number - s.Offset) / s.Factor
	if s.Type != Float {
		number = math.Round(number)
	}
	raw, ok := s.raw(number)
	if !ok || number < s.lo || number > s.hi {
		return 0, fmt.Errorf("signal %s: %w: %v, only %s", s.Name, ErrRange, in, s.accepts())
	}
	return raw, nil
}

func (s *Signal) encodeRaw(in Input) (uint64, error) {
	fits := in.raw&^s.place.mask == 0 && !in.negative
	if s.Type == Signed {
		fits = in.raw&s.place.mask^s.place.signBit-s.place.signBit == in.raw
	}
	if fits {
		return in.raw, nil
	}
	if s.Type == Float {
		return 0, fmt.Errorf("signal %s: %w: %v, only the %d bits of a float", s.Name, ErrRange, in, s.Length)
	}
	lo, hi := s.span()
	return 0, fmt.Errorf("signal %s: %w: %v, only raw %.0f to %.0f", s.Name, ErrRange, in, lo, hi)
}

func (s *Signal) encodeText(in Input) (uint64, error) {
	i := slices.IndexFunc(s.Labels, func(l Label) bool { return l.Text == in.text })
	if i < 0 {
		return 0, fmt.Errorf("signal %s: %w: %v, only %s", s.Name, ErrRange, in,
			listed(s.Labels, func(l Label) string { return fmt.Sprintf("%q", l.Text) }))
	}
	return s.Labels[i].Raw, nil
}

// Content is a message with a value for each of its signals. It is for one goroutine at a time.
type Content struct {
	message *Message
	raw     []uint64 // as message.Signals
	set     []bool
}

// NewContent makes a message in which all signals have their initial values.
func (m *Message) NewContent() *Content {
	c := &Content{message: m, raw: make([]uint64, len(m.Signals)), set: make([]bool, len(m.Signals))}
	for i, s := range m.Signals {
		c.raw[i] = s.Initial
	}
	return c
}

// Clone returns a copy that has nothing in common with c.
func (c *Content) Clone() *Content {
	return &Content{message: c.message, raw: slices.Clone(c.raw), set: slices.Clone(c.set)}
}

// Set gives a signal a value. It fails with an error that wraps ErrUnknown or ErrRange and then changes nothing.
// A multiplexed signal may be set at any time; it is in the frame while its multiplexer selects it.
func (c *Content) Set(name string, in Input) error {
	i, err := c.message.index(name)
	if err != nil {
		return err
	}
	raw, err := c.message.Signals[i].encode(in)
	if err != nil {
		return fmt.Errorf("message %s: %w", c.message.Name, err)
	}
	c.raw[i], c.set[i] = raw, true
	return nil
}

// Frame makes the frame. Bits that belong to no signal are zero, and so is the padding of an FD message whose size
// has no length code. It fails if the message has more bytes than a frame, and if signals that share bits were set to
// values that contradict each other.
func (c *Content) Frame() (can.Frame, error) {
	f, err := c.message.emptyFrame()
	if err != nil {
		return can.Frame{}, err
	}
	data := f.Payload()
	c.write(data, false)
	c.write(data, true)
	for i, s := range c.message.Signals {
		if c.set[i] && c.selects(i) && s.place.get(data) != c.raw[i] {
			return can.Frame{}, fmt.Errorf("message %s: %w: signal %s shares bits with another one that was set",
				c.message.Name, ErrRange, s.Name)
		}
	}
	return f, nil
}

// write puts the signals into the frame that were set, or those that were not.
func (c *Content) write(data []byte, set bool) {
	for i, s := range c.message.Signals {
		if c.set[i] == set && c.selects(i) {
			s.place.put(data, c.raw[i])
		}
	}
}

// selects says that the multiplexers, by their values in c, put a signal into the frame.
func (c *Content) selects(i int) bool {
	sel := c.message.Signals[i].Selection
	if sel == nil {
		return true
	}
	by := c.message.byName[sel.By.Name]
	return sel.has(c.raw[by]) && c.selects(by)
}

func (m *Message) emptyFrame() (can.Frame, error) {
	length := can.PadLen(m.Size)
	if length < 0 || !m.FD && length > can.MaxData {
		return can.Frame{}, fmt.Errorf("message %s: %d bytes do not fit a frame: %w", m.Name, m.Size, can.ErrInvalid)
	}
	f := can.Frame{ID: m.ID, Len: uint8(length)}
	if m.Extended {
		f.Flags |= can.Extended
	}
	if m.FD {
		f.Flags |= can.FD
	}
	if m.FD && m.BRS {
		f.Flags |= can.BRS
	}
	return f, nil
}

// Encode makes a frame. Signals that inputs does not name have their initial values. It fails with an error that wraps
// ErrUnknown or ErrRange, also if inputs names a signal that the multiplexers keep out of the frame.
func (m *Message) Encode(inputs map[string]Input) (can.Frame, error) {
	c := m.NewContent()
	names := slices.Sorted(maps.Keys(inputs)) // so that of several faults always the same one is reported
	for _, name := range names {
		if err := c.Set(name, inputs[name]); err != nil {
			return can.Frame{}, err
		}
	}
	for i, s := range m.Signals {
		if c.set[i] && !c.selects(i) {
			return can.Frame{}, fmt.Errorf("message %s: %w: signal %s is in the frame only if %v",
				m.Name, ErrRange, s.Name, s.Selection)
		}
	}
	return c.Frame()
}
