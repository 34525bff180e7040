package text

import (
	"fmt"
	"io"
)

// maxPending is what an Output keeps back at most, but for the last line.
const maxPending = 64 << 10

// Output hands whole lines to an io.Writer, many at a time.
type Output struct {
	w   io.Writer
	buf []byte
	err error // of w; final
}

// NewOutput writes to w.
func NewOutput(w io.Writer) *Output { return &Output{w: w} }

// Err returns the io.Writer's error, if there was one.
func (o *Output) Err() error { return o.err }

// Buffer returns what is pending, for lines to be appended to.
func (o *Output) Buffer() []byte { return o.buf }

// Keep takes the buffer back, and hands it on if it is full.
func (o *Output) Keep(buf []byte) error {
	o.buf = buf
	if len(buf) < maxPending {
		return o.err
	}
	return o.Flush()
}

// Flush hands on everything, in one Write. An error is final.
func (o *Output) Flush() error {
	if o.err == nil && len(o.buf) > 0 {
		if _, err := o.w.Write(o.buf); err != nil {
			o.err = fmt.Errorf("write trace: %w", err)
		}
	}
	o.buf = o.buf[:0]
	return o.err
}
