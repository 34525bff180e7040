package blf

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"otabench/can/trace"
	"otabench/can/trace/internal/text"
)

// maxObject bounds an object that is understood. Frames have some 100 bytes.
const maxObject = 64 << 10

const otherObjects = "objects passed over that are no CAN frames"

// Reader reads a BLF trace. It holds one container. It implements [trace.Source].
type Reader struct {
	objects  unpacker
	zone     *time.Location
	begun    bool
	start    time.Time // stamps count from it
	channels readChannels
	meta     string                 // pieces of a text about them
	lost     [maxChannel + 1]uint64 // overruns since the last frame
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
	var b [fileHeadLen]byte
	const least = 72 // up to and with the date of the last frame
	if err := in.full(b[:least]); err != nil {
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
	// A size that is no number of bytes is believed to be none.
	r.objects.size = int64(order.Uint64(b[16:]) &^ (1 << 63))
	start, ok := parseDate(b[40:], r.zone)
	if !ok {
		r.losses.Add("dates not understood, so that times count from 1970", 1)
	}
	r.start = start
	return nil
}

// object reads the next object, which may have a frame.
func (r *Reader) object(rec *trace.Record) (found bool, err error) {
	if err := r.align(); err != nil {
		return false, err
	}
	b, err := r.whole(baseHeadLen)
	if err != nil {
		return false, err
	}
	head := parseBase(b)
	if err := head.check(); err != nil {
		return false, r.objects.corrupt("%w", err)
	}
	if !understood(head.kind) || head.size > maxObject {
		if head.kind != typeRestorePoint {
			r.losses.Add(otherObjects, 1)
		}
		return false, r.cut(r.objects.drop(int64(head.size)))
	}
	if head.kind == typeGlobalMarker {
		head.size = r.markerSize(head)
	}
	if b, err = r.whole(head.size); err != nil {
		return false, err
	}
	if err := head.stamped(); err != nil {
		return false, r.objects.corrupt("%w", err)
	}
	if found, err = r.event(rec, head, b[:head.size]); err != nil {
		return false, r.objects.corrupt("object of type %d: %w", head.kind, err)
	}
	return found, r.objects.drop(int64(head.size))
}

func understood(kind uint32) bool {
	switch kind {
	case typeMessage, typeMessage2, typeFDMessage, typeFDMessage64, typeError, typeErrorExt, typeFDError64,
		typeEventComment, typeGlobalMarker, typeAppText, typeOverrun:
		return true
	}
	return false
}

// align drops the padding before an object. At the end of the trace it fails with io.EOF.
func (r *Reader) align() error {
	for range maxPadding + 1 {
		b, err := r.objects.need(len(objectMark))
		switch {
		case err == io.EOF && allZero(b):
			return io.EOF
		case err != nil:
			return r.cut(err)
		case string(b[:len(objectMark)]) == objectMark:
			return nil
		}
		r.objects.pos++
	}
	return r.objects.corrupt("no object begins here")
}

// whole returns at least n bytes that have to be there.
func (r *Reader) whole(n int) ([]byte, error) {
	b, err := r.objects.need(n)
	return b, r.cut(err)
}

// cut makes the end of the file, where it is in an object, a truncation.
func (r *Reader) cut(err error) error {
	if err == io.EOF {
		return fmt.Errorf("%w at byte %d, in the middle of an object", trace.ErrTruncated, r.objects.in.at)
	}
	return err
}

// event reads a whole object.
func (r *Reader) event(rec *trace.Record, head base, object []byte) (found bool, err error) {
	body := object[head.head:]
	e := event{Frame: &rec.Frame}
	switch head.kind {
	case typeMessage, typeMessage2:
		err = e.message(body)
	case typeFDMessage:
		err = e.fd(body)
	case typeFDMessage64:
		err = e.fd64(body)
	case typeError:
		err = e.failure(body)
	case typeErrorExt:
		err = e.failureExt(body)
	case typeFDError64:
		err = e.failure64(body)
	default:
		return false, r.note(head.kind, body)
	}
	if err != nil {
		return false, err
	}
	if e.direction == request {
		r.losses.Add("requests to send passed over", 1)
		return false, nil
	}
	return true, r.take(rec, &e, object)
}

// note reads an object that is about other things than a frame.
func (r *Reader) note(kind uint32, body []byte) error {
	switch kind {
	case typeEventComment:
		return r.comment(body)
	case typeGlobalMarker:
		return r.marker(body)
	case typeAppText:
		return r.appText(body)
	}
	return r.overrun(body)
}

// take makes a record of a frame.
func (r *Reader) take(rec *trace.Record, e *event, object []byte) (err error) {
	if rec.Bus, err = r.channels.bus(e.channel); err != nil {
		return err
	}
	unit, count := stamp(object)
	if unit != unit10us && unit != unit1ns {
		r.losses.Add("times of unknown unit taken for nanoseconds", 1)
	}
	if rec.Time, err = at(r.start, unit, count); err != nil {
		return err
	}
	if e.cut {
		r.losses.Add("data length codes over 8 taken for 8", 1)
	}
	if e.short {
		r.losses.Add("frames with fewer data bytes than their length, filled up with zeros", 1)
	}
	rec.Own, rec.Lost = e.direction == sent, r.lost[e.channel]
	r.lost[e.channel] = 0
	rec.Comment = r.comments.Take()
	return nil
}
