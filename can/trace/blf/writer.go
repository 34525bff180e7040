package blf

import (
	"fmt"
	"io"
	"time"

	"otabench/can"
	"otabench/can/trace"
	"otabench/can/trace/internal/channel"
	"otabench/can/trace/internal/text"
)

// Writer writes a BLF trace. It keeps frames back until it holds a container of them, 128 KiB, or until Close. It
// implements [trace.Sink].
type Writer struct {
	objects  *packer
	zone     *time.Location
	buses    []string  // to be told at the beginning
	start    time.Time // stamps count from it; zero before the first frame
	last     time.Time
	channels channel.Numbers
	comments text.Comments
	losses   trace.Losses
}

// NewWriter starts a trace. w is empty; a file must not be open for appending. The buses get channels from 1 on, in
// this order; others follow when they have a frame. A bus that is named as a channel would be without a name, can0 for
// channel 1, gets that. Dates are local ones, as other tools expect, unless [Writer.SetZone] says otherwise.
func NewWriter(w io.WriteSeeker, buses ...string) *Writer {
	return &Writer{
		objects: newPacker(w),
		zone:    time.Local,
		buses:   buses,
	}
}

// SetZone says in which zone dates are written. It is for use before Write.
func (w *Writer) SetZone(zone *time.Location) { w.zone = zone }

// Comment attaches text to the next frame, a comment each line. Comments are cut after 1024 bytes; of more than 16 the
// last ones remain.
func (w *Writer) Comment(text string) { w.comments.Add(text) }

// Write adds a frame of the named bus. It fails with an error that wraps [trace.ErrTime], [can.ErrInvalid] or
// [trace.ErrBuses], or else with the io.WriteSeeker's, and then always with that.
func (w *Writer) Write(bus string, r can.Received) error {
	if w.objects.err != nil {
		return w.objects.err
	}
	if err := check(bus, &r); err != nil {
		return err
	}
	whole := len(w.objects.objects)
	if err := w.begin(r.Time); err != nil {
		return err
	}
	number, err := w.channel(bus)
	if err != nil {
		return err
	}
	since := max(0, r.Time.Sub(w.start))
	w.count(&r)
	w.addOverrun(number, since, r.Lost)
	w.addComments(kindOf(&r.Frame), since)
	w.addFrame(number, since, &r)
	w.last = r.Time
	return w.objects.keep(whole, w.date(w.start))
}

// check refuses what the format cannot hold.
func check(bus string, r *can.Received) error {
	if err := trace.Check(bus, r); err != nil {
		return err
	}
	if r.Is(can.Error) && (r.Flags&(can.Remote|can.FD) != 0 || r.Len > can.MaxData) {
		return fmt.Errorf("BLF trace of bus %s: %w: an error frame that is a remote or an FD frame", bus, can.ErrInvalid)
	}
	return nil
}

// begin writes what stands before the first frame. Dates have milliseconds, so stamps count from the one in which that
// frame is.
func (w *Writer) begin(first time.Time) error {
	if !w.start.IsZero() {
		return nil
	}
	w.start = first.Truncate(time.Millisecond)
	w.addStart()
	for _, bus := range w.buses {
		if _, err := w.channel(bus); err != nil {
			return err
		}
	}
	return nil
}

// channel returns the channel of a bus, and writes its name if it is a new one.
func (w *Writer) channel(bus string) (int, error) {
	number, named, err := w.channels.Of(bus)
	if err != nil {
		return 0, fmt.Errorf("BLF: %w", err)
	}
	if named {
		w.addBus(number, bus)
	}
	return number, nil
}

// count notes what the objects do not say.
func (w *Writer) count(r *can.Received) {
	if r.Time.Before(w.start) {
		w.losses.Add("times before the first frame's moved there", 1)
	}
	if r.Lost > 1 {
		w.losses.Add("counts of lost frames taken for one", 1)
	}
	if r.Is(can.Error) && r.ID == 0 {
		w.losses.Add("error frames of no class taken for bus errors", 1)
	}
}

// Close ends the trace. The io.WriteSeeker stays the caller's.
func (w *Writer) Close() error {
	w.losses.Add("comments behind the last frame", len(w.comments.Lines()))
	if !w.start.IsZero() {
		w.addComments(0, max(0, w.last.Sub(w.start)))
	}
	w.comments.CountCut(&w.losses)
	return w.objects.close(w.date(w.start), w.date(w.last))
}

// date returns a time for the head of the file.
func (w *Writer) date(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(w.zone)
}

// Losses implements [trace.Sink].
func (w *Writer) Losses() []trace.Loss { return w.losses.List() }
