package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"otabench/can"
	"otabench/can/trace"
	"otabench/ecu/transcript"
)

// viewer prints the records of a trace.
type viewer struct {
	out      io.Writer
	words    *transcript.Transcript
	only     []string // buses; all if empty
	messages bool
	begin    time.Time
}

func (v *viewer) record(r trace.Record, show func(trace.Record, transcript.Explanation) error) error {
	if v.begin.IsZero() {
		v.begin = r.Time
	}
	if len(v.only) > 0 && !slices.Contains(v.only, r.Bus) {
		return nil
	}
	e := v.words.Explain(r)
	if v.messages && e.Message == nil && r.Comment == "" {
		return nil
	}
	return show(r, e)
}

func (v *viewer) text(r trace.Record, e transcript.Explanation) error {
	for _, step := range strings.FieldsFunc(r.Comment, func(c rune) bool { return c == '\n' }) {
		if _, err := fmt.Fprintf(v.out, "# %s\n", printable(step)); err != nil {
			return err
		}
	}
	if r.Lost > 0 {
		if _, err := fmt.Fprintf(v.out, "! %d frames of %s were lost here\n", r.Lost, printable(r.Bus)); err != nil {
			return err
		}
	}
	if v.messages && e.Message == nil {
		return nil
	}
	way := "Rx"
	if r.Own {
		way = "Tx"
	}
	_, err := fmt.Fprintln(v.out, strings.TrimRight(fmt.Sprintf("%14.6f  %-8s %s  %-26s  %s",
		r.Time.Sub(v.begin).Seconds(), printable(r.Bus), way, frameText(r.Frame), printable(e.String())), " "))
	return err
}

// frameText is a frame in the words of can-utils, long ones cut.
func frameText(f can.Frame) string {
	if problem := f.Problem(); problem != "" {
		return problem
	}
	const longest = 40
	text := f.String()
	if len(text) > longest {
		return text[:longest-3] + "..."
	}
	return text
}
