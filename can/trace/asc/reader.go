package asc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"otabench/can/trace"
	"otabench/can/trace/internal/text"
)

// Reader reads an ASC trace. It implements [trace.Source].
//
// Lines that begin with // are comments at the next frame. Events that are no frames, and frames of other networks, are
// passed over and counted.
type Reader struct {
	lines    *text.Lines
	clock    clock
	decimal  bool // identifiers and data of classic frames
	channels readChannels
	inBlock  bool
	comments text.Comments
	losses   trace.Losses
	err      error // final
}

// NewReader reads from r. zone is that of the dates in a file which does not tell it, usually [time.Local].
func NewReader(r io.Reader, zone *time.Location) *Reader {
	return &Reader{lines: text.NewLines(r), clock: newClock(zone)}
}

// Next returns the next frame. At the end it fails with io.EOF, at damage with an error that wraps [trace.ErrTruncated]
// or [trace.ErrCorrupt] and names the line, and then always with the same. A trigger block without an end is damage.
func (r *Reader) Next() (trace.Record, error) {
	for r.err == nil {
		line, err := r.lines.Next()
		if err != nil {
			r.end(r.ending(line, err))
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

// ending tells the end of a file from where it breaks off.
func (r *Reader) ending(last []byte, err error) error {
	const end = "end triggerblock"
	switch {
	case errors.Is(err, trace.ErrTruncated) && hasPrefixFold(last, end) && len(last) == len(end):
		return io.EOF // the line is whole
	case err == io.EOF && r.inBlock:
		return r.lines.Missing("End TriggerBlock")
	}
	return err
}

func (r *Reader) end(err error) {
	r.err = err
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
	case word[0] >= '0' && word[0] <= '9':
		return r.event(rec, word, rest)
	case bytes.HasPrefix(word, []byte("//")):
		return false, r.comment(bytes.TrimLeft(line, " \t"))
	}
	return false, r.head(bytes.TrimLeft(line, " \t"))
}

// event reads a line with a time stamp.
func (r *Reader) event(rec *trace.Record, stamp, rest []byte) (found bool, err error) {
	seconds, ns, ok := text.Stamp(stamp)
	if !ok {
		return false, fmt.Errorf("time stamp %.40q is not seconds with 1 to 9 decimals", stamp)
	}
	at := r.clock.at(seconds, ns)
	network, rest := text.Field(rest)
	switch {
	case len(network) > 0 && network[0] >= '0' && network[0] <= '9':
		found, err = r.classic(rec, network, rest)
	case string(network) == "CANFD":
		found, err = r.fd(rec, rest)
	case string(network) == "CANXL":
		r.losses.Add("CAN XL frames passed over", 1)
		return false, nil
	case string(network) != "Start":
		r.losses.Add(otherEvents, 1)
		return false, nil
	}
	if err != nil || !found {
		return false, err
	}
	if s := at.Unix(); s < 0 || s > text.LastSecond {
		return false, errors.New("time is after the year 9999 or before 1970")
	}
	rec.Time = at
	rec.Comment = r.comments.Take()
	return true, nil
}

const otherEvents = "events passed over that are no CAN frames"
