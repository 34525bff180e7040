package blf

import (
	"fmt"
	"io"

	"otabench/can/trace"
)

// maxObject bounds an object that is understood. Frames have some 100 bytes.
const maxObject = 64 << 10

const otherObjects = "objects passed over that are no CAN frames"

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
