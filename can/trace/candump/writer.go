package candump

import (
	"fmt"
	"io"
	"time"

	"otabench/can"
	"otabench/can/trace"
	"otabench/can/trace/internal/text"
)

// Writer writes a log. It keeps whole lines back until it holds 64 KiB of them, or until Close. It implements
// [trace.Sink].
type Writer struct {
	out        *text.Output
	names      writeNames
	directions bool
	losses     trace.Losses
}

// Option changes what a Writer writes.
type Option func(*Writer)

// Directions makes a Writer tell received frames from sent ones, in a column that candump -x of 2021 introduced.
// Wireshark 4.0 takes a file with this column for no log.
func Directions(w *Writer) { w.directions = true }

// NewWriter starts a log.
func NewWriter(w io.Writer, options ...Option) *Writer {
	writer := &Writer{
		out:   text.NewOutput(w),
		names: writeNames{safe: make(map[string]string), used: make(map[string]bool)},
	}
	for _, option := range options {
		option(writer)
	}
	return writer
}

// Comment counts a loss: the format has no comments that all its readers know.
func (w *Writer) Comment(string) { w.losses.Add("comments dropped", 1) }

// Write adds a frame of the named bus. A name that is not one printable word of up to 64 bytes is made one. Write fails
// with an error that wraps [trace.ErrTime], [can.ErrInvalid] or [trace.ErrBuses], or else with the io.Writer's, and
// then always with that.
func (w *Writer) Write(bus string, r can.Received) error {
	if err := w.out.Err(); err != nil {
		return err
	}
	if err := check(bus, &r); err != nil {
		return err
	}
	name, changed, err := w.names.get(bus)
	if err != nil {
		return err
	}
	if changed {
		w.losses.Add("names of buses changed", 1)
	}
	w.count(&r)
	return w.out.Keep(w.appendLine(w.out.Buffer(), name, &r))
}

// check refuses what the format cannot spell.
func check(bus string, r *can.Received) error {
	if err := trace.Check(bus, r); err != nil {
		return err
	}
	if r.Is(can.Error) && (r.Flags&(can.Remote|can.FD) != 0 || r.Len > can.MaxData) {
		return fmt.Errorf("candump log of bus %s: %w: an error frame that is a remote or an FD frame", bus, can.ErrInvalid)
	}
	return nil
}

func (w *Writer) appendLine(b []byte, name string, r *can.Received) []byte {
	b = append(b, '(')
	b = text.AppendStamp(b, r.Time.Unix(), int64(r.Time.Nanosecond()), 1)
	b = append(b, ") "...)
	b = append(b, name...)
	b = append(b, ' ')
	b = appendFrame(b, &r.Frame)
	switch {
	case w.directions && r.Own:
		b = append(b, " T"...)
	case w.directions:
		b = append(b, " R"...)
	}
	return append(b, '\n')
}

// count notes what the line of a frame does not say.
func (w *Writer) count(r *can.Received) {
	if r.Time.Nanosecond()%int(time.Microsecond) != 0 {
		w.losses.Add("times cut to microseconds", 1)
	}
	if r.Own && !w.directions {
		w.losses.Add("sent frames not told from received ones", 1)
	}
	if r.Lost > 0 {
		w.losses.Add("counts of lost frames dropped", 1)
	}
}

// Close ends the log. The io.Writer stays the caller's.
func (w *Writer) Close() error { return w.out.Flush() }

// Losses implements [trace.Sink].
func (w *Writer) Losses() []trace.Loss { return w.losses.List() }
