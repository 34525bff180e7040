package pdf

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"otabench/reports"
)

// curveFrom is the change of a voltage in volts from which on its curve is drawn.
const curveFrom = 0.5

// Bounds and measures of a curve in millimetres.
const (
	maxPoints  = 500
	maxRails   = 4
	maxMarks   = 20
	plotHeight = 38.0
	plotLeft   = left + 9
	plotWidth  = inner - 11
)

// reading is a voltage at a time.
type reading struct {
	t time.Duration
	v float64
}

// rail is what is drawn of a supply line.
type rail struct {
	name     string
	readings []reading
}

// event is marked in the plot by a letter and told below it. What happens within a millisecond is one.
type event struct {
	t    time.Duration
	text string
}

// plot is the voltage of a spec's supply lines around what was done to them.
type plot struct {
	from, to time.Duration
	top, low float64 // in volts
	rails    []rail
	events   []event
	more     int // events without a letter
}

// newPlot returns nil if no voltage changed.
func newPlot(s *reports.Spec) *plot {
	rails := readings(s)
	if !slices.ContainsFunc(rails, rail.changes) {
		return nil
	}
	p := window(s, rails)
	for _, r := range rails[:min(len(rails), maxRails)] {
		r.readings = slices.DeleteFunc(r.readings, func(x reading) bool { return x.t < p.from || x.t > p.to })
		r.readings = thin(r.readings)
		for _, x := range r.readings {
			p.top, p.low = max(p.top, x.v), min(p.low, x.v)
		}
		if len(r.readings) > 1 {
			p.rails = append(p.rails, r)
		}
	}
	if len(p.rails) == 0 {
		return nil
	}
	p.top, p.low = math.Ceil(p.top*1.08/4)*4, math.Floor(p.low*1.08/4)*4
	p.mark(s)
	return p
}

// maxVolts is more than any supply gives; a reading above it is none.
const maxVolts = 1e4

func readings(s *reports.Spec) (rails []rail) {
	place := map[string]int{}
	for _, e := range s.Samples {
		v := e.Body.Volts
		if math.IsNaN(v) || math.Abs(v) > maxVolts {
			continue
		}
		i, known := place[e.Body.Rail]
		if !known {
			i = len(rails)
			place[e.Body.Rail] = i
			rails = append(rails, rail{name: e.Body.Rail})
		}
		rails[i].readings = append(rails[i].readings, reading{e.T, v})
	}
	slices.SortFunc(rails, func(a, b rail) int { return cmp.Compare(a.name, b.name) })
	return rails
}

func (r rail) changes() bool {
	volts := func(a, b reading) int { return cmp.Compare(a.v, b.v) }
	return slices.MaxFunc(r.readings, volts).v-slices.MinFunc(r.readings, volts).v > curveFrom
}

// window is that of the spec within its readings.
func window(s *reports.Spec, rails []rail) *plot {
	first, last := time.Duration(math.MaxInt64), time.Duration(0)
	for _, r := range rails {
		first, last = min(first, r.readings[0].t), max(last, r.readings[len(r.readings)-1].t)
	}
	p := &plot{top: 1}
	p.from, p.to = s.Window(first, last)
	return p
}

// mark gathers what triggers, bench and procedure did, in the order of time.
func (p *plot) mark(s *reports.Spec) {
	for _, t := range s.Triggers {
		if t.Fired != nil {
			p.events = append(p.events, event{t.Fired.At, "trigger: " + line(t.Condition) + " → " + line(t.Action)})
		}
	}
	for _, e := range s.Settings {
		p.events = append(p.events, event{e.T, strings.TrimSpace("set: " + line(e.Body.Device) + " " + line(e.Body.Action) + " " + line(e.Body.Value))})
	}
	for _, e := range s.Steps {
		p.events = append(p.events, event{e.T, "step: " + line(e.Body.Text)})
	}
	p.events = slices.DeleteFunc(p.events, func(e event) bool { return e.t < p.from || e.t > p.to })
	slices.SortStableFunc(p.events, func(a, b event) int { return cmp.Compare(a.t, b.t) })
	p.events, p.more = upTo(merge(p.events), maxMarks)
}

func merge(events []event) (all []event) {
	for _, e := range events {
		if n := len(all); n > 0 && e.t-all[n-1].t < time.Millisecond {
			all[n-1].text += "; " + e.text
			continue
		}
		all = append(all, e)
	}
	return all
}

// thin keeps the lowest and the highest of each of many stretches, so that no dip is lost.
func thin(all []reading) []reading {
	if len(all) <= maxPoints {
		return all
	}
	volts := func(a, b reading) int { return cmp.Compare(a.v, b.v) }
	var kept []reading
	const n = maxPoints / 2
	for i := range n {
		part := all[i*len(all)/n : (i+1)*len(all)/n]
		lo, hi := slices.MinFunc(part, volts), slices.MaxFunc(part, volts)
		if hi.t < lo.t {
			lo, hi = hi, lo
		}
		kept = append(kept, lo)
		if hi != lo {
			kept = append(kept, hi)
		}
	}
	return kept
}

// ticks are round times within the window, since the spec's start.
func (p *plot) ticks(start time.Duration) (at []time.Duration, decimals int) {
	span := (p.to - p.from).Seconds()
	step := math.Pow(10, math.Floor(math.Log10(span)))
	for _, f := range []float64{0.1, 0.2, 0.5, 1} {
		if span/(step*f) <= 9 {
			step *= f
			break
		}
	}
	for i := math.Ceil((p.from - start).Seconds() / step); len(at) < 12; i++ {
		t := start + time.Duration(i*step*1e9)
		if t > p.to {
			break
		}
		at = append(at, t)
	}
	return at, max(0, int(-math.Floor(math.Log10(step)+1e-9)))
}

// railInk and railDash tell rails apart, each alone too.
var (
	railInk  = [maxRails]ink{{0x09, 0x50, 0xb0}, red, violet, amber}
	railDash = [maxRails][]float64{nil, {2, 1}, {0.6, 0.8}, {3, 1, 0.6, 1}}
)

// curveHeight is the room that a plot and the first lines of its legend need.
const curveHeight = plotHeight + 18

// curve draws a voltage.
func (d *document) curve(p *plot, s *reports.Spec) {
	d.room(curveHeight)
	a := axes{p, d.y + 5}
	d.axes(a, s.Start)
	for i, e := range p.events {
		d.pdf.SetDashPattern([]float64{0.8, 0.8}, 0)
		d.line(a.x(e.t), a.y0, a.x(e.t), a.y0+plotHeight, soft, 0.2)
		d.pdf.SetDashPattern(nil, 0)
		letter := string(rune('a' + i))
		d.put(a.x(e.t)-d.width(bold, sizeSmall, letter)/2, a.y0-0.8-float64(i%2)*2, bold, sizeSmall, soft, letter)
	}
	for i, r := range p.rails {
		d.rail(a, r, i)
	}
	d.y = a.y0 + plotHeight + 4.5
	d.legend(p, s)
}

// axes map time and voltage to the page.
type axes struct {
	*plot
	y0 float64 // of the top
}

func (a axes) x(t time.Duration) float64 {
	return plotLeft + plotWidth*float64(t-a.from)/float64(a.to-a.from)
}

func (a axes) y(v float64) float64 { return a.y0 + plotHeight*(a.top-v)/(a.top-a.low) }

func (d *document) axes(a axes, start time.Duration) {
	for i := range 5 {
		v := a.low + (a.top-a.low)*float64(i)/4
		d.line(plotLeft, a.y(v), plotLeft+plotWidth, a.y(v), rule, 0.15)
		d.putRight(plotLeft-1, a.y(v)+0.8, regular, sizeSmall, soft, fmt.Sprintf("%g", v))
	}
	d.put(left, a.y0-0.8, regular, sizeSmall, soft, "V")
	at, decimals := a.ticks(start)
	for _, t := range at {
		text := fmt.Sprintf("%.*f", decimals, (t - start).Seconds())
		d.line(a.x(t), a.y0+plotHeight, a.x(t), a.y0+plotHeight+0.8, soft, 0.2)
		d.put(a.x(t)-d.width(regular, sizeSmall, text)/2, a.y0+plotHeight+3.2, regular, sizeSmall, soft, text)
	}
	d.put(plotLeft+plotWidth+0.6, a.y0+plotHeight+3.2, regular, sizeSmall, soft, "s")
}

func (d *document) rail(a axes, r rail, i int) {
	c := railInk[i]
	d.pdf.SetDrawColor(c[0], c[1], c[2])
	d.pdf.SetLineWidth(0.3)
	d.pdf.SetDashPattern(railDash[i], 0)
	for j, x := range r.readings {
		if j == 0 {
			d.pdf.MoveTo(a.x(x.t), a.y(x.v))
		} else {
			d.pdf.LineTo(a.x(x.t), a.y(x.v))
		}
	}
	d.pdf.DrawPath("D")
	d.pdf.SetDashPattern(nil, 0)
}

// legend names rails and events.
func (d *document) legend(p *plot, s *reports.Spec) {
	x := plotLeft
	for i, r := range p.rails {
		text := d.faces[regular].fit(d.faces[regular].clean(line(r.name)), limit(30, sizeSmall))
		d.pdf.SetDashPattern(railDash[i], 0)
		d.line(x, d.y+1.5, x+7, d.y+1.5, railInk[i], 0.4)
		d.pdf.SetDashPattern(nil, 0)
		d.put(x+8, d.y+sizeSmall*point, regular, sizeSmall, black, text)
		x += 12 + d.width(regular, sizeSmall, text)
	}
	d.y += leading(sizeSmall)
	for i, e := range p.events {
		d.indented(plotLeft-left, regular, sizeSmall, soft, fmt.Sprintf("%c  %s s  %s", 'a'+i, rel(s, e.t), e.text))
	}
	if p.more > 0 {
		d.omitted(p.more, "event")
	}
	d.space(1.5)
}
