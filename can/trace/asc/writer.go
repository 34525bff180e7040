package asc

import (
	"fmt"
	"io"
	"time"

	"otabench/can"
	"otabench/can/trace"
	"otabench/can/trace/internal/channel"
	"otabench/can/trace/internal/text"
)

// Writer writes an ASC trace. It keeps whole lines back until it holds 64 KiB of them, or until Close. It implements
// [trace.Sink].
type Writer struct {
	out      *text.Output
	zone     *time.Location
	start    time.Time // stamps count from it; zero before the first frame
	channels channel.Numbers
	comments text.Comments
	losses   trace.Losses
}

// NewWriter starts a trace whose dates are in the zone: [time.Local] is what other tools expect.
func NewWriter(w io.Writer, zone *time.Location) *Writer {
	return &Writer{out: text.NewOutput(w), zone: zone}
}

// Comment attaches text to the next frame, a comment each line. Comments are cut after 1024 bytes; of more than 16 the
// last ones remain.
func (w *Writer) Comment(text string) { w.comments.Add(text) }

// Write adds a frame of the named bus. It fails with an error that wraps [trace.ErrTime], [can.ErrInvalid] or
// [trace.ErrBuses], or else with the io.Writer's, and then always with that.
func (w *Writer) Write(bus string, r can.Received) error {
	if err := w.out.Err(); err != nil {
		return err
	}
	if err := trace.Check(bus, &r); err != nil {
		return err
	}
	number, isNew, err := w.channels.Of(bus)
	if err != nil {
		return fmt.Errorf("ASC: %w", err)
	}
	b := w.out.Buffer()
	if w.start.IsZero() {
		b = w.appendHead(b, r.Time)
	}
	if isNew {
		b = w.appendBus(b, number, bus)
	}
	b = w.appendComments(b)
	w.count(&r)
	return w.out.Keep(w.appendFrame(b, number, &r))
}

// count notes what the line of a frame does not say.
func (w *Writer) count(r *can.Received) {
	if r.Time.Nanosecond()%int(time.Microsecond) != 0 {
		w.losses.Add("times cut to microseconds", 1)
	}
	if r.Time.Before(w.start) {
		w.losses.Add("times before the first frame's moved there", 1)
	}
	if r.Lost > 0 {
		w.losses.Add("counts of lost frames dropped", 1)
	}
	if r.Is(can.Error) && (r.Frame != errorFrame || r.Own) {
		w.losses.Add("error frames without their details", 1)
	}
}

// Close ends the trace. The io.Writer stays the caller's.
func (w *Writer) Close() error {
	b := w.out.Buffer()
	if w.start.IsZero() {
		b = append(b, base...)
	}
	w.losses.Add("comments behind the last frame", len(w.comments.Lines()))
	b = w.appendComments(b)
	w.comments.CountCut(&w.losses)
	if !w.start.IsZero() {
		b = append(b, "End TriggerBlock\n"...)
	}
	if err := w.out.Keep(b); err != nil {
		return err
	}
	return w.out.Flush()
}

// Losses implements [trace.Sink].
func (w *Writer) Losses() []trace.Loss { return w.losses.List() }
