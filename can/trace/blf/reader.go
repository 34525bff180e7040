package blf

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"otabench/can/trace"
	"otabench/can/trace/internal/channel"
	"otabench/can/trace/internal/text"
)

// Reader reads a BLF trace. It holds one container. It implements [trace.Source].
type Reader struct {
	objects  unpacker
	zone     *time.Location
	begun    bool
	start    time.Time // stamps count from it
	channels readChannels
	meta     string                  // pieces of a text about them
	lost     [channel.Max + 1]uint64 // overruns since the last frame
	comments text.Comments
	losses   trace.Losses
	err      error // final
}

// NewReader reads from r. Dates are local ones, unless [Reader.SetZone] says otherwise or the file names their zone.
func NewReader(r io.Reader) *Reader {
	return &Reader{objects: unpacker{in: input{r: bufio.NewReaderSize(r, chunk)}}, zone: time.Local}
}

// SetZone says in which zone the date is that stamps count from. It is for use before Next.
func (r *Reader) SetZone(zone *time.Location) { r.zone = zone }

// Next returns the next frame. At the end it fails with io.EOF, at damage with an error that wraps [trace.ErrTruncated]
// or [trace.ErrCorrupt] and names the byte, and then always with the same. All frames of a container that breaks off
// come before; of one whose data or checksum are wrong none does, because each may be.
func (r *Reader) Next() (trace.Record, error) {
	if !r.begun {
		r.begun = true
		r.err = r.head()
	}
	for r.err == nil {
		var rec trace.Record
		found, err := r.object(&rec)
		if err != nil {
			r.end(err)
			break
		}
		if found {
			return rec, nil
		}
	}
	return trace.Record{}, r.err
}

func (r *Reader) end(err error) {
	r.err = err
	r.losses.Add("comments behind the last frame", len(r.comments.Lines()))
	r.comments.CountCut(&r.losses)
	for _, lost := range r.lost {
		if lost > 0 {
			r.losses.Add("buses that lost frames behind their last one", 1)
		}
	}
}

// Losses implements [trace.Source].
func (r *Reader) Losses() []trace.Loss { return r.losses.List() }

// head reads the head of the file.
func (r *Reader) head() error {
	in := &r.objects.in
	const least = 72 // up to and with the date of the last frame
	var b [least]byte
	if err := in.full(b[:]); err != nil {
		return in.damage()
	}
	size := order.Uint32(b[4:])
	switch {
	case string(b[:4]) != fileMark:
		return fmt.Errorf("%w at byte 0: it begins with %q, not %q", trace.ErrCorrupt, b[:4], fileMark)
	case size < least || size > maxObject:
		return fmt.Errorf("%w at byte 4: the head of the file has %d bytes", trace.ErrCorrupt, size)
	}
	if err := in.skip(int(size) - least); err != nil {
		return in.damage()
	}
	r.objects.size = order.Uint64(b[16:])
	start, ok := parseDate(b[40:], r.zone)
	if !ok {
		r.losses.Add("dates not understood, so that times count from 1970", 1)
	}
	r.start = start
	return nil
}
