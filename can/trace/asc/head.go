package asc

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"otabench/can/trace/internal/text"
)

// Comments that carry what the format has no place for.
const (
	startDirective = "//otabench:start "
	busDirective   = "//otabench:bus "
)

// startLayout is RFC 3339 with the fraction that dates have.
const startLayout = "2006-01-02T15:04:05.000Z07:00"

// comment reads a line that begins with //.
func (r *Reader) comment(line []byte) error {
	if start, found := bytes.CutPrefix(line, []byte(startDirective)); found {
		date, err := time.Parse(time.RFC3339, string(start))
		if err == nil {
			r.clock.knownFrom(date)
		}
		return err
	}
	if bus, found := bytes.CutPrefix(line, []byte(busDirective)); found {
		return r.channels.name(string(bus))
	}
	text := bytes.TrimPrefix(line[len("//"):], []byte(" "))
	if !bytes.HasPrefix(text, []byte("version ")) { // of CANoe, at the head of each of its files
		r.comments.Add(string(text))
	}
	return nil
}

// head reads a line that is neither an event nor a comment, without the blanks before it.
func (r *Reader) head(line []byte) error {
	for _, head := range []struct {
		words string
		read  func(rest []byte) error
	}{
		{"date ", r.date},
		{"base ", r.base},
		{"begin triggerblock", r.begin},
		{"end triggerblock", func([]byte) error { r.inBlock = false; return nil }},
		{"internal events logged", func([]byte) error { return nil }},
		{"no internal events logged", func([]byte) error { return nil }},
	} {
		if hasPrefixFold(line, head.words) {
			return head.read(line[len(head.words):])
		}
	}
	r.losses.Add("lines passed over that are not understood", 1)
	return nil
}

func (r *Reader) date(rest []byte) error {
	r.setDate(rest, r.clock.measuredFrom)
	return nil
}

// begin reads what follows Begin Triggerblock: a date, or nothing.
func (r *Reader) begin(rest []byte) error {
	r.inBlock = true
	if word, _ := text.Field(rest); len(word) > 0 {
		r.setDate(rest, r.clock.blockFrom)
	}
	return nil
}

// setDate hands a date on. One that is not understood leaves the times of the frames wrong by as much as nobody knows,
// but the frames and the gaps between them right.
func (r *Reader) setDate(text []byte, set func(time.Time)) {
	date, err := parseDate(string(text), r.clock.zone)
	if err != nil {
		r.losses.Add("dates not understood, so that times count from another date or from 1970", 1)
		return
	}
	set(date)
}

// base reads how numbers are written and what stamps count from: hex or dec, timestamps, absolute or relative.
func (r *Reader) base(rest []byte) error {
	base, rest := text.Field(rest)
	_, rest = text.Field(rest)
	stamps, _ := text.Field(rest)
	switch strings.ToLower(string(base)) {
	case "hex":
		r.decimal = false
	case "dec":
		r.decimal = true
	default:
		return fmt.Errorf("base %.20q is not hex or dec", base)
	}
	switch strings.ToLower(string(stamps)) {
	case "absolute", "":
		r.clock.relative = false
	case "relative":
		r.clock.relative = true
	default:
		return fmt.Errorf("timestamps %.20q are not absolute or relative", stamps)
	}
	return nil
}

func hasPrefixFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && strings.EqualFold(string(b[:len(prefix)]), prefix)
}
