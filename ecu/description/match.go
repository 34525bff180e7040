package description

import (
	"bytes"
	"errors"
	"fmt"
)

// ErrNoMatch means that a record is not one of a template.
var ErrNoMatch = errors.New("the record does not fit its template")

// Match takes a record apart: it returns the bytes of each field, as an ECU does that reads what a tester sent. width says
// how many bytes a field has that the template gives no width. A field of width 0 has what the others leave, see
// [Template.Separable]. Errors wrap ErrNoMatch.
func (t Template) Match(record []byte, width func(field string) int) (map[string][]byte, error) {
	open, fixed, err := t.layout(width)
	rest := len(record) - fixed
	switch {
	case err != nil:
		return nil, err
	case rest < 0, open < 0 && rest > 0:
		return nil, fmt.Errorf("%w: it has %d bytes", ErrNoMatch, len(record))
	}
	fields := map[string][]byte{}
	for i, p := range t.parts {
		n := p.length(width)
		if i == open {
			n = rest
		}
		part := record[:n]
		record = record[n:]
		if p.field == "" && !bytes.Equal(part, p.fixed) {
			return nil, fmt.Errorf("%w: it has % X where % X is wanted", ErrNoMatch, part, p.fixed)
		}
		if p.field != "" {
			fields[p.field] = part
		}
	}
	return fields, nil
}

// Separable says why no record of the template can be taken apart: there is more than one field without a width. It wraps
// ErrNoMatch.
func (t Template) Separable(width func(field string) int) error {
	_, _, err := t.layout(width)
	return err
}

// layout finds the field without a width, -1 if there is none, and how many bytes all others have.
func (t Template) layout(width func(field string) int) (open, fixed int, err error) {
	open = -1
	for i, p := range t.parts {
		n := p.length(width)
		if n == 0 && open >= 0 {
			return 0, 0, fmt.Errorf("%w: {%s} and {%s} have no length", ErrNoMatch, t.parts[open].field, p.field)
		}
		if n == 0 {
			open = i
		}
		fixed += n
	}
	return open, fixed, nil
}

func (p templatePart) length(width func(field string) int) int {
	switch {
	case p.field == "":
		return len(p.fixed)
	case p.width != 0:
		return p.width
	}
	return width(p.field)
}
