package candump

import (
	"bytes"
	"errors"
	"io"
	"time"

	"otabench/can/trace"
	"otabench/can/trace/internal/text"
)

// Reader reads a log. It implements [trace.Source].
//
// Lines that begin with #, // or ; are comments at the next frame. A line of candump about dropped frames counts as
// losses of the bus's next frame.
type Reader struct {
	lines    *text.Lines
	names    readNames
	comments text.Comments
	dropped  map[string]uint64 // of each bus, before its next frame
	losses   trace.Losses
	err      error // final
}

// NewReader reads from r.
func NewReader(r io.Reader) *Reader {
	return &Reader{lines: text.NewLines(r), names: make(readNames), dropped: make(map[string]uint64)}
}

// Next returns the next frame. At the end it fails with io.EOF, at damage with an error that wraps [trace.ErrTruncated]
// or [trace.ErrCorrupt] and names the line, and then always with the same. A last line without an end is damage: nobody
// can tell whether all of its data are there.
func (r *Reader) Next() (trace.Record, error) {
	for r.err == nil {
		line, err := r.lines.Next()
		if err != nil {
			r.end(err)
			break
		}
		var rec trace.Record
		found, err := r.line(&rec, line)
		if err != nil {
			r.end(r.lines.Corrupt("%w", err))
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
	r.losses.Add("buses that lost frames behind their last one", len(r.dropped))
	r.losses.Add("comments behind the last frame", len(r.comments.Lines()))
	r.comments.CountCut(&r.losses)
}

// Losses implements [trace.Source].
func (r *Reader) Losses() []trace.Loss { return r.losses.List() }

// line reads one line, which may have a frame.
func (r *Reader) line(rec *trace.Record, line []byte) (found bool, err error) {
	word, rest := text.Field(line)
	switch {
	case len(word) == 0:
		return false, nil
	case word[0] == '(':
		return r.frame(rec, word, rest)
	case word[0] == '#' || word[0] == ';':
		r.comment(line, 1)
		return false, nil
	case bytes.HasPrefix(word, []byte("//")):
		r.comment(line, 2)
		return false, nil
	case string(word) == "DROPCOUNT:":
		return false, r.drops(rest)
	}
	return false, errors.New("it begins with no time such as (1436509052.249713)")
}

// comment keeps what follows the mark and one blank.
func (r *Reader) comment(line []byte, mark int) {
	rest := bytes.TrimLeft(line, " \t")[mark:]
	r.comments.Add(string(bytes.TrimPrefix(rest, []byte(" "))))
}

func (r *Reader) frame(rec *trace.Record, stamp, rest []byte) (found bool, err error) {
	if rec.Time, err = parseTime(stamp); err != nil {
		return false, err
	}
	name, rest := text.Field(rest)
	frame, rest := text.Field(rest)
	direction, _ := text.Field(rest)
	if rec.Own, err = parseDirection(direction); err != nil {
		return false, err
	}
	if isXL(frame) {
		r.losses.Add("CAN XL frames passed over", 1)
		return false, nil
	}
	if rec.Frame, err = r.parseFrame(frame); err != nil {
		return false, err
	}
	if rec.Bus, err = r.names.get(name); err != nil {
		return false, err
	}
	rec.Comment = r.comments.Take()
	if lost, found := r.dropped[rec.Bus]; found {
		rec.Lost = lost
		delete(r.dropped, rec.Bus)
	}
	return true, nil
}

func parseTime(b []byte) (time.Time, error) {
	if n := len(b); n > 2 && b[n-1] == ')' {
		if seconds, ns, ok := text.Stamp(b[1 : n-1]); ok {
			return time.Unix(seconds, ns).UTC(), nil
		}
	}
	return time.Time{}, errors.New("it begins with no time such as (1436509052.249713), with 1 to 9 decimals")
}

func parseDirection(b []byte) (own bool, err error) {
	switch string(b) {
	case "", "R", "r":
		return false, nil
	case "T", "t":
		return true, nil
	}
	return false, errors.New("the word behind the frame is not R or T")
}
