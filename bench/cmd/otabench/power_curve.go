package main

import (
	"fmt"
	"io"
	"time"

	"github.com/guptarohit/asciigraph"
	"periph.io/x/conn/v3/physic"

	"otabench/power/profile"
)

// Size of a plot in a terminal, in characters.
const (
	plotWidth, plotHeight = 100, 14
	plotTicks             = 6
)

// drawCurve plots a part of a curve for a terminal. An open line is at 0 V. Each column shows the lowest or the highest
// voltage of its time, whichever is farther from the column before, so that no drop is lost.
func drawCurve(w io.Writer, c *profile.Curve, from, to time.Duration) {
	unit, name := time.Second, "s"
	if to-from <= 2*time.Second {
		unit, name = time.Millisecond, "ms"
	}
	values := make([]float64, plotWidth)
	last := c.Before
	for i := range values {
		begin := from + (to-from)*time.Duration(i)/plotWidth
		lo, hi := c.Range(begin, begin+(to-from)/plotWidth-1)
		if hi-last > last-lo {
			lo = hi
		}
		last = lo
		values[i] = float64(last) / float64(physic.Volt)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, asciigraph.Plot(values,
		asciigraph.Height(plotHeight), asciigraph.Width(plotWidth), asciigraph.Precision(1),
		asciigraph.XAxisRange(float64(from)/float64(unit), float64(to)/float64(unit)),
		asciigraph.XAxisTickCount(plotTicks),
		asciigraph.XAxisValueFormatter(func(v float64) string { return fmt.Sprintf("%.4g", v) }),
		asciigraph.Caption("V over time in "+name)))
}
