package page

import (
	"fmt"
	"math"
	"strings"

	"otabench/reports"
	"otabench/reports/history"
)

// Size of strips and curves, in SVG units.
const (
	step   = 8 // for each run
	tall   = 18
	curveH = 40
)

// bar is the shapes of one verdict in a strip: they differ in height, so that colour is not needed to tell them apart.
type bar struct {
	Class string
	Path  string
}

// bars draws the verdicts of a spec, one path for each verdict.
func bars(v history.View, s history.Spec) []bar {
	order := []reports.Verdict{reports.Passed, reports.Marginal, reports.Void, reports.Aborted, reports.NotRun, reports.Failed}
	paths := map[reports.Verdict]*strings.Builder{}
	for _, r := range s.Results {
		verdict := r.Verdict
		if !v.Runs[r.Run].Counts() {
			verdict = reports.Void
		}
		if paths[verdict] == nil {
			paths[verdict] = &strings.Builder{}
		}
		h := height(verdict)
		fmt.Fprintf(paths[verdict], "M%d %dh%dv%dh-%dz", r.Run*step, tall-h, step-1, h, step-1)
	}
	var all []bar
	for _, verdict := range order {
		if p := paths[verdict]; p != nil {
			all = append(all, bar{strings.ReplaceAll(string(verdict), " ", "-"), p.String()})
		}
	}
	return all
}

func height(v reports.Verdict) int {
	switch v {
	case reports.Failed:
		return tall
	case reports.Passed:
		return 8
	case reports.Marginal:
		return 13
	}
	return 3
}

type point struct {
	run      int
	value    float64
	min, max *float64
}

// curve is a series over the runs, below each other with the strip.
type curve struct {
	Width, Height int
	Points        string
	Limits        []limit
	Low, High     string // of the scale
	Last          string
}

type limit struct {
	Y    string
	Text string
}

// draw draws a series; nil if it has no value. Limits that are far away from the values are named and not drawn.
func draw(all []point, runs int, unit string) *curve {
	if len(all) == 0 {
		return nil
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, p := range all {
		lo, hi = min(lo, p.value), max(hi, p.value)
	}
	last := all[len(all)-1]
	lo, hi = stretch(lo, hi, last)
	y := func(v float64) string { return fmt.Sprintf("%.1f", 2+(curveH-4)*(1-(v-lo)/(hi-lo))) }
	c := &curve{Width: runs * step, Height: curveH, Low: number(lo, unit), High: number(hi, unit), Last: number(last.value, unit)}
	var b strings.Builder
	for _, p := range all {
		fmt.Fprintf(&b, "%d,%s ", p.run*step+step/2, y(p.value))
	}
	c.Points = strings.TrimSpace(b.String())
	for _, l := range []*float64{last.min, last.max} {
		if l != nil && *l >= lo && *l <= hi {
			c.Limits = append(c.Limits, limit{y(*l), "limit " + number(*l, unit)})
		}
	}
	return c
}

// stretch lets a scale hold the limits that are near, and be no narrower than a hundredth of its values.
func stretch(lo, hi float64, last point) (float64, float64) {
	span := max(hi-lo, math.Abs(hi)/100, 1e-9)
	for _, l := range []*float64{last.min, last.max} {
		if l != nil && *l > lo-4*span && *l < hi+4*span {
			lo, hi = min(lo, *l), max(hi, *l)
		}
	}
	pad := max(span-(hi-lo), (hi-lo)/20, 1e-9) / 2
	return lo - pad, hi + pad
}

func number(v float64, unit string) string { return fmt.Sprintf("%.4g %s", v, unit) }
