package main

import (
	"fmt"
	"io"
	"strings"

	"otabench/bench/record"
)

// progress shows a run on the terminal, spec by spec.
type progress struct {
	w       io.Writer
	colour  bool
	steps   bool
	total   int
	done    int
	current string
}

func newProgress(w io.Writer, steps bool) *progress {
	return &progress{w: w, colour: colours(w), steps: steps}
}

func (p *progress) start(bench, dir string) {
	fmt.Fprintf(p.w, "bench %s, run folder %s\n", bench, dir)
}

// line takes one event as the suite sends it.
func (p *progress) line(text []byte) {
	e, err := record.ParseEvent(text)
	if err != nil {
		return // the record itself tells; this is only the display
	}
	switch b := e.Body.(type) {
	case record.Planned:
		p.total = len(b.Specs)
		fmt.Fprintf(p.w, "%d specs\n", p.total)
	case record.SpecStart:
		p.done++
		p.current = printable(strings.Join(append(b.Path, b.Text), " › "))
		if p.colour {
			fmt.Fprintf(p.w, "  … %s %s", p.count(), p.current)
		}
	case record.SpecEnd:
		p.end(b)
	case record.Step:
		if p.steps {
			p.clear()
			fmt.Fprintf(p.w, "      %s\n", printable(b.Text))
		}
	case record.Fault:
		p.clear()
		fmt.Fprintf(p.w, "      bench fault: %s: %s\n", printable(b.Device), printable(b.Text))
	}
}

func (p *progress) end(b record.SpecEnd) {
	p.clear()
	mark := map[record.Outcome][2]string{
		record.Passed: {"✓", "32"}, record.Failed: {"✗", "31"}, record.Void: {"?", "35"},
		record.NotRun: {"-", "33"}, record.Aborted: {"!", "33"},
	}[b.Outcome]
	fmt.Fprintf(p.w, "  %s %s %s  (%s, %.2f s)\n", p.paint(mark[0], mark[1]), p.count(), p.current, b.Outcome, b.Duration.Seconds())
	if b.Outcome != record.Passed && b.Message != "" {
		for line := range strings.Lines(strings.TrimSpace(b.Message)) {
			fmt.Fprintf(p.w, "        %s\n", printable(line))
		}
	}
}

func (p *progress) count() string { return fmt.Sprintf("[%2d/%d]", p.done, p.total) }

// clear removes the line of the running spec.
func (p *progress) clear() {
	if p.colour {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

func (p *progress) paint(text, code string) string {
	if !p.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// printable keeps what a unit printed from steering the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '·'
		}
		return r
	}, strings.TrimRight(s, "\r\n"))
}
