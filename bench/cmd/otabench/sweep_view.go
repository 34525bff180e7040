package main

import (
	"fmt"
	"io"
	"time"

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

func (v *sweepView) add(r sweep.Result) {
	v.done++
	v.counts[r.Outcome]++
	if r.Failed() {
		if v.wrong++; v.wrong <= shownWrong {
			v.clear()
			fmt.Fprintf(v.w, "  ✗ %s: %s\n", r.Point, printable(r.Wrong))
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
