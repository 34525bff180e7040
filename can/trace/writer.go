package trace

import (
	"fmt"
	"io"

	"otabench/can"
)

// maxPending is what a Writer keeps back at most, but for the last packet.
const maxPending = 64 << 10

// Writer writes one trace in pcapng. It keeps whole packets back until Flush, or until it holds 64 KiB of them, and never
// hands a part of a packet to its io.Writer. It implements [Sink].
type Writer struct {
	out    io.Writer
	enc    *encoder
	losses Losses
	err    error // of out; final
}

// NewWriter starts a trace of the named buses. A bus that is not named here is added with its first frame.
// A trace of no bus at all is an empty file.
func NewWriter(w io.Writer, buses ...string) *Writer {
	return &Writer{out: w, enc: newEncoder(nil, buses)}
}

// Comment attaches text to the next packet. Text is cut after 1024 bytes; of more than 16 comments the last ones remain.
func (w *Writer) Comment(text string) {
	if !w.enc.comment(text) {
		w.losses.Add("comments cut, over 1024 bytes each or 16 at a frame", 1)
	}
}

// Write adds a frame of the named bus. It fails with [ErrTime], with an error that wraps [can.ErrInvalid], or with the
// error of the io.Writer, and then always with that.
func (w *Writer) Write(bus string, r can.Received) error {
	if w.err != nil {
		return w.err
	}
	if err := w.enc.add(bus, &r); err != nil {
		return err
	}
	if len(w.enc.blocks.buf) >= maxPending {
		return w.Flush()
	}
	return nil
}

// Flush hands everything that was written to the io.Writer, in one Write.
func (w *Writer) Flush() error {
	if w.err != nil || len(w.enc.blocks.buf) == 0 {
		return w.err
	}
	if _, err := w.out.Write(w.enc.blocks.buf); err != nil {
		w.err = fmt.Errorf("write trace: %w", err)
	}
	w.enc.blocks.buf = w.enc.blocks.buf[:0]
	return w.err
}

// Close ends the trace. The io.Writer stays the caller's.
func (w *Writer) Close() error {
	w.losses.Add("comments behind the last frame", len(w.enc.comments))
	w.enc.comments = nil
	return w.Flush()
}

// Losses implements [Sink].
func (w *Writer) Losses() []Loss { return w.losses.List() }
