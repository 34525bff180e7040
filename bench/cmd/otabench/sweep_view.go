package main

import (
	"fmt"
	"io"
	"time"

	"otabench/bench/record"
	"otabench/bench/sweep"
)

// sweepView shows a sweep as it goes.
type sweepView struct {
	w           io.Writer
	live        bool // it is a terminal
	total, done int
	before      int // of those done, in an earlier try
	began, told time.Time
	counts      map[sweep.Outcome]int
	wrong       int
}

func newSweepView(w io.Writer, total, done int) *sweepView {
	return &sweepView{w: w, live: colours(w), total: total, done: done, before: done, began: time.Now(), counts: map[sweep.Outcome]int{}}
}

const (
	liveEvery = 200 * time.Millisecond
	lineEvery = 10 * time.Second
)

func (v *sweepView) add(r sweep.Result) { v.result(sweepResult(r)) }

// event takes an event as the child process of a sweep on one bench sends it.
func (v *sweepView) event(text []byte) {
	e, err := record.ParseEvent(text)
	if err != nil {
		return // the record itself tells; this is only the display
	}
	switch b := e.Body.(type) {
	case record.SweepPlan:
		v.total = b.Points
		v.clear()
		fmt.Fprintf(v.w, "%d points, and then between those that end differently\n", b.Points)
	case record.SweepResult:
		v.result(b)
	case record.SweepEdge:
		v.clear()
		fmt.Fprintf(v.w, "  %s | %s between %s and %s\n", printable(b.From), printable(b.To), printable(b.Before), printable(b.After))
	case record.Fault:
		v.clear()
		fmt.Fprintf(v.w, "  bench fault: %s: %s\n", printable(b.Device), printable(b.Text))
	}
}

func (v *sweepView) result(r record.SweepResult) {
	v.done++
	v.counts[sweep.Outcome(r.Outcome)]++
	if r.Wrong != "" {
		if v.wrong++; v.wrong <= shownWrong {
			v.clear()
			fmt.Fprintf(v.w, "  ✗ %s: %s\n", printable(r.Point), printable(r.Wrong))
		}
	}
	every := lineEvery
	if v.live {
		every = liveEvery
	}
	if time.Since(v.told) >= every {
		v.told = time.Now()
		v.line()
	}
}

// shownWrong bounds how many points that went wrong are shown at once; all are in the report.
const shownWrong = 10

func (v *sweepView) line() {
	v.clear()
	fmt.Fprintf(v.w, "  %d of %d", v.done, v.total)
	for _, o := range sweep.Outcomes() {
		if n := v.counts[o]; n > 0 {
			fmt.Fprintf(v.w, ", %d %s", n, o)
		}
	}
	if tried := v.done - v.before; tried > 0 && v.done < v.total {
		left := time.Since(v.began) / time.Duration(tried) * time.Duration(v.total-v.done)
		fmt.Fprintf(v.w, "; %v left", left.Round(time.Second))
	}
	if !v.live {
		fmt.Fprintln(v.w)
	}
}

func (v *sweepView) clear() {
	if v.live {
		fmt.Fprint(v.w, "\r\x1b[K")
	}
}

func (v *sweepView) end() {
	v.line()
	if v.live {
		fmt.Fprintln(v.w)
	}
	fmt.Fprintf(v.w, "  %d points in %v\n", v.done-v.before, time.Since(v.began).Round(100*time.Millisecond))
}
