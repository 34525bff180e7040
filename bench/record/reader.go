package record

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

// maxLine bounds one line of a record in bytes.
const maxLine = 16 << 20

// Errors of Read. What was read before the damage is returned with them.
var (
	ErrTruncated = errors.New("the record is cut short")
	ErrCorrupt   = errors.New("the record is damaged")
)

// Torn stands for a line that a crash cut off before another process went on.
type Torn struct {
	Bytes int `json:"bytes"`
}

// Kind implements Body.
func (Torn) Kind() string { return "torn" }

// Unknown is an event of a kind that this version does not know.
type Unknown struct {
	Name string
	Raw  json.RawMessage
}

// Kind implements Body.
func (u Unknown) Kind() string { return u.Name }

// MarshalJSON gives back what was read.
func (u Unknown) MarshalJSON() ([]byte, error) { return u.Raw, nil }

// ReadFile reads the record in a file.
func ReadFile(path string) (Header, []Event, error) {
	f, err := os.Open(path)
	if err != nil {
		return Header{}, nil, err
	}
	defer f.Close()
	h, events, err := Read(f)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return h, events, err
}

// Read reads a record to its end or to the first damage. The events before the damage are returned in either case.
func Read(r io.Reader) (Header, []Event, error) {
	var events []Event
	h, err := Scan(r, func(e Event) { events = append(events, e) })
	return h, events, err
}

// Scan reads a record as Read does, and calls each for every event, so that a long record need not be held.
func Scan(r io.Reader, each func(Event)) (Header, error) {
	var h Header
	s := &lines{r: bufio.NewReaderSize(r, 1<<16)}
	first, err := s.next()
	if err != nil {
		return h, fmt.Errorf("line 1: %w", orTruncated(err))
	}
	if err := json.Unmarshal(first, &h); err != nil {
		return h, fmt.Errorf("line 1: %w: no header: %v", ErrCorrupt, err)
	}
	if h.Format != Format {
		return h, fmt.Errorf("line 1: %w: format %.40q, this version reads %q", ErrCorrupt, h.Format, Format)
	}
	var last Event
	for {
		text, err := s.next()
		if errors.Is(err, io.EOF) {
			return h, nil
		}
		if err != nil {
			return h, fmt.Errorf("line %d: %w", s.n, err)
		}
		e, err := ParseEvent(text)
		switch {
		case isTorn(text, err):
			e = Event{Seq: last.Seq, T: last.T, Spec: last.Spec, Body: Torn{Bytes: len(text)}}
		case err != nil:
			return h, fmt.Errorf("line %d: %w: %v", s.n, ErrCorrupt, err)
		case e.Seq != last.Seq+1:
			return h, fmt.Errorf("line %d: %w: event %d follows event %d", s.n, ErrCorrupt, e.Seq, last.Seq)
		}
		each(e)
		last = e
	}
}

// isTorn says that err comes from text ending too early, as a line does that a crash cut off.
func isTorn(text []byte, err error) bool {
	var syntax *json.SyntaxError
	return errors.As(err, &syntax) && syntax.Offset >= int64(len(text)) && bytes.HasPrefix(text, []byte("{"))
}

func orTruncated(err error) error {
	if errors.Is(err, io.EOF) {
		return ErrTruncated
	}
	return err
}

// ParseEvent decodes one line of a record other than its header. The event keeps nothing of text.
func ParseEvent(text []byte) (Event, error) {
	if l, ok := split(text); ok {
		if b, err := decodeBody(l.Kind, l.Body); err == nil {
			return Event{Seq: l.Seq, T: l.T, Spec: l.Spec, Body: b}, nil
		}
	}
	var l parts
	if err := json.Unmarshal(text, &l); err != nil {
		return Event{}, err
	}
	b, err := decodeBody(l.Kind, l.Body)
	if err != nil {
		return Event{}, fmt.Errorf("event %d (%.40q): %w", l.Seq, l.Kind, err)
	}
	return Event{Seq: l.Seq, T: l.T, Spec: l.Spec, Body: b}, nil
}

// parts are an event whose body is still text.
type parts struct {
	Seq  uint64          `json:"seq"`
	T    time.Duration   `json:"t_ns"`
	Spec string          `json:"spec"`
	Kind string          `json:"kind"`
	Body json.RawMessage `json:"body"`
}

// split takes a line apart that looks as a Writer writes it, so that it is read by encoding/json once and not thrice.
func split(text []byte) (l parts, ok bool) {
	rest, ok := bytes.CutPrefix(text, []byte(`{"seq":`))
	if !ok {
		return l, false
	}
	digits, rest, ok := bytes.Cut(rest, []byte(`,"t_ns":`))
	if !ok || !plain(digits) {
		return l, false
	}
	l.Seq, _ = strconv.ParseUint(string(digits), 10, 64)
	if digits, rest, ok = bytes.Cut(rest, []byte(`,"`)); !ok || !plain(digits) {
		return l, false
	}
	ns, _ := strconv.ParseInt(string(digits), 10, 64)
	l.T = time.Duration(ns)
	if spec, found := bytes.CutPrefix(rest, []byte(`spec":"`)); found {
		var id []byte
		if id, rest, ok = bytes.Cut(spec, []byte(`","`)); !ok || !simple(id) {
			return l, false
		}
		l.Spec = string(id)
	}
	if rest, ok = bytes.CutPrefix(rest, []byte(`kind":"`)); !ok {
		return l, false
	}
	kind, rest, ok := bytes.Cut(rest, []byte(`","body":`))
	if !ok || !simple(kind) || decoders[string(kind)] == nil {
		return l, false
	}
	l.Kind = string(kind)
	// What follows the body, if it is more than the brace that closes the event, makes it no JSON.
	l.Body, ok = bytes.CutSuffix(rest, []byte("}"))
	return l, ok
}

// plain says whether text is a number as a Writer writes it, and fits.
func plain(text []byte) bool {
	const fits = 18 // digits
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(text) == 1 || len(text) > 1 && len(text) <= fits && text[0] != '0'
}

// simple says whether text stands for itself between quotation marks.
func simple(text []byte) bool {
	for _, c := range text {
		if c < ' ' || c == '"' || c == '\\' || c >= 0x7F {
			return false
		}
	}
	return true
}

// lines reads whole lines of bounded length.
type lines struct {
	r    *bufio.Reader
	n    int
	text []byte // of the line, used again for the next one
}

// next returns the next line without its line feed, io.EOF at the end, and ErrTruncated for a last line without one. The
// line is good until the next call.
func (s *lines) next() ([]byte, error) {
	s.n++
	text := s.text[:0]
	defer func() { s.text = text }()
	for {
		part, err := s.r.ReadSlice('\n')
		text = append(text, part...)
		switch {
		case err == nil:
			return bytes.TrimSuffix(text, []byte("\n")), nil
		case len(text) > maxLine:
			return nil, fmt.Errorf("%w: a line of more than %d bytes", ErrCorrupt, maxLine)
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(text) > 0:
			return nil, ErrTruncated
		default:
			return nil, err
		}
	}
}
