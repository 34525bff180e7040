package html

import (
	"fmt"
	"math"
	"strings"
	"time"

	"otabench/reports"
)

// Size of the plotting area and its margins, in SVG units.
const (
	plotW, plotH      = 820.0, 170.0
	plotLeft, plotTop = 46.0, 22.0
	maxPoints         = 600
	maxRails          = 6
	maxMarks          = 24
)

type chart struct {
	Rails []curve
	X, Y  []tick
	Marks []mark
}

type curve struct{ Rail, Points string }

type tick struct {
	At   string
	Text string
}

type mark struct{ X, Kind, Text string }

// scale maps the window in time and voltage to the plotting area.
type scale struct {
	from, to time.Duration
	top      float64
}

func (c scale) x(t time.Duration) float64 {
	return plotLeft + plotW*float64(t-c.from)/float64(c.to-c.from)
}

func (c scale) y(v float64) float64 {
	return plotTop + plotH*(1-min(max(v, 0), c.top)/c.top)
}

func (c scale) holds(t time.Duration) bool { return t >= c.from && t <= c.to }

// plot draws the voltage around the disturbance; nil if fewer than two points were measured.
func plot(s *reports.Spec) *chart {
	if len(s.Samples) < 2 {
		return nil
	}
	c := window(s)
	ch := &chart{X: c.times(s.Start), Y: c.volts(), Marks: c.marks(s)}
	byRail := map[string][][2]float64{}
	var order []string
	for _, e := range s.Samples {
		if math.IsNaN(e.Body.Volts) || !c.holds(e.T) {
			continue
		}
		if byRail[e.Body.Rail] == nil {
			order = append(order, e.Body.Rail)
		}
		byRail[e.Body.Rail] = append(byRail[e.Body.Rail], [2]float64{c.x(e.T), c.y(e.Body.Volts)})
	}
	for _, rail := range order[:min(len(order), maxRails)] {
		ch.Rails = append(ch.Rails, curve{rail, points(thin(byRail[rail], maxPoints))})
	}
	return ch
}

// window is that of the spec within its samples.
func window(s *reports.Spec) scale {
	c := scale{top: 1}
	c.from, c.to = s.Window(s.Samples[0].T, s.Samples[len(s.Samples)-1].T)
	for _, e := range s.Samples {
		if c.holds(e.T) && e.Body.Volts > c.top && e.Body.Volts < 1e4 {
			c.top = e.Body.Volts
		}
	}
	c.top = math.Ceil(c.top*1.08/4) * 4
	return c
}

// times are ticks at round distances, in seconds since the spec's start.
func (c scale) times(start time.Duration) []tick {
	span := (c.to - c.from).Seconds()
	step := math.Pow(10, math.Floor(math.Log10(span)))
	for _, f := range []float64{0.1, 0.2, 0.5, 1} {
		if span/(step*f) <= 9 {
			step *= f
			break
		}
	}
	decimals := max(0, int(-math.Floor(math.Log10(step)+1e-9)))
	var ticks []tick
	for i := math.Ceil((c.from - start).Seconds() / step); len(ticks) < 12; i++ {
		t := start + time.Duration(i*step*1e9)
		if t > c.to {
			break
		}
		ticks = append(ticks, tick{coord(c.x(t)), fmt.Sprintf("%.*f", decimals, i*step)})
	}
	return ticks
}

func (c scale) volts() []tick {
	var ticks []tick
	for i := range 5 {
		v := c.top * float64(i) / 4
		ticks = append(ticks, tick{coord(c.y(v)), fmt.Sprintf("%g", v)})
	}
	return ticks
}

// marks show when triggers fired, what the bench set, and when steps began.
func (c scale) marks(s *reports.Spec) []mark {
	var marks []mark
	add := func(t time.Duration, kind, text string) {
		if c.holds(t) && len(marks) < maxMarks {
			marks = append(marks, mark{coord(c.x(t)), kind, fmt.Sprintf("%+.3f s: %s", (t - s.Start).Seconds(), text)})
		}
	}
	for _, t := range s.Triggers {
		if t.Fired != nil {
			add(t.Fired.At, "trigger", t.Condition+" → "+t.Action)
		}
	}
	for _, e := range s.Settings {
		add(e.T, "setting", e.Body.Device+" "+e.Body.Action+" "+e.Body.Value)
	}
	for _, e := range s.Steps {
		add(e.T, "step", e.Body.Text)
	}
	return marks
}

// thin keeps at most so many points: the lowest and the highest of each of many stretches, so that no dip is lost.
func thin(p [][2]float64, most int) [][2]float64 {
	if len(p) <= most {
		return p
	}
	var out [][2]float64
	n := most / 2
	for i := range n {
		part := p[i*len(p)/n : (i+1)*len(p)/n]
		lo, hi := 0, 0
		for j, q := range part {
			if q[1] < part[lo][1] {
				lo = j
			}
			if q[1] > part[hi][1] {
				hi = j
			}
		}
		out = append(out, part[min(lo, hi)])
		if lo != hi {
			out = append(out, part[max(lo, hi)])
		}
	}
	return out
}

func points(p [][2]float64) string {
	var b strings.Builder
	for _, q := range p {
		fmt.Fprintf(&b, "%.1f,%.1f ", q[0], q[1])
	}
	return strings.TrimSpace(b.String())
}

func coord(f float64) string { return fmt.Sprintf("%.1f", f) }
