// Package picture draws curves: what a profile wants, its tolerance, and what a rail is expected to do.
//
//	err := picture.Write(file, picture.SVG, picture.Of(curve, 0, curve.Cycle()))
package picture

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"strconv"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"periph.io/x/conn/v3/physic"

	"otabench/power/profile"
)

// Format is a kind of file.
type Format string

// Formats.
const (
	SVG Format = "svg"
	PNG Format = "png"
)

// Picture is what is drawn.
type Picture struct {
	Title string
	From  time.Duration // the part of the curve that is shown
	To    time.Duration
	curve *profile.Curve
	// Expected is what the terminals are expected to do; none if empty.
	Expected []profile.Point
}

// Of returns a picture of a part of a curve.
func Of(c *profile.Curve, from, to time.Duration) *Picture {
	return &Picture{Title: c.Name, From: from, To: to, curve: c}
}

// Expect adds what a plan makes of the curve.
func (p *Picture) Expect(plan *profile.Plan) {
	plan.Predict(func(point profile.Point) {
		switch {
		case point.At > p.To:
			return
		case point.At < p.From:
			// The voltage before the window stands until it begins.
			p.Expected, point.At = p.Expected[:0], p.From
		}
		p.Expected = append(p.Expected, point)
	})
}

// Size of a picture.
const (
	width  = 9 * vg.Inch
	height = 4.2 * vg.Inch
)

// Write draws the picture.
func Write(w io.Writer, f Format, p *Picture) error {
	drawn, err := p.plot()
	if err != nil {
		return fmt.Errorf("draw %s: %w", p.Title, err)
	}
	out, err := drawn.WriterTo(width, height, string(f))
	if err != nil {
		return fmt.Errorf("draw %s as %s: %w", p.Title, f, err)
	}
	if _, err := out.WriteTo(w); err != nil {
		return fmt.Errorf("write the picture of %s: %w", p.Title, err)
	}
	return nil
}

// Colours that differ in lightness too, for print.
func wanted() color.Color   { return color.RGBA{0x1f, 0x4e, 0x9c, 0xff} }
func band() color.Color     { return color.RGBA{0xc9, 0xd8, 0xef, 0xff} }
func expected() color.Color { return color.RGBA{0xd0, 0x5a, 0x1e, 0xff} }
func opened() color.Color   { return color.RGBA{0x88, 0x88, 0x88, 0xff} }

func (p *Picture) plot() (*plot.Plot, error) {
	out := plot.New()
	out.Title.Text = p.Title
	out.Title.Padding = 3 * vg.Millimeter
	unit, name := axis(p.To - p.From)
	out.X.Label.Text = "time in " + name
	out.Y.Label.Text = "voltage at the terminals in V"
	out.X.Min, out.X.Max = in(p.From, unit), in(p.To, unit)
	out.X.Tick.Marker, out.Y.Tick.Marker = ticks(9), ticks(6)
	out.Legend.Top, out.Legend.XOffs = true, -2*vg.Millimeter
	out.Legend.Padding = vg.Millimeter
	out.Add(plotter.NewGrid())
	for _, draw := range []func(*plot.Plot, time.Duration) error{p.tolerance, p.interruptions, p.wish, p.expectation} {
		if err := draw(out, unit); err != nil {
			return nil, err
		}
	}
	lo, hi := p.curve.Range(p.From, p.To)
	margin := max((hi-lo)/20, 500*physic.MilliVolt)
	out.Y.Min = volts(lo - margin)
	if lo >= 0 {
		out.Y.Min = max(out.Y.Min, 0)
	}
	// The legend stands above the curve.
	const legend = 0.3
	out.Y.Max = volts(hi) + legend*(volts(hi)-out.Y.Min)
	return out, nil
}

// ticks marks about n round values.
func ticks(n float64) plot.TickerFunc {
	return func(lo, hi float64) []plot.Tick {
		step := math.Pow(10, math.Floor(math.Log10((hi-lo)/n)))
		for _, factor := range []float64{1, 2, 5, 10} {
			if (hi-lo)/(step*factor) <= n {
				step *= factor
				break
			}
		}
		var all []plot.Tick
		for k := math.Ceil(lo / step); k*step <= hi+step/1e6; k++ {
			all = append(all, plot.Tick{Value: k * step, Label: strconv.FormatFloat(round(k*step), 'f', -1, 64)})
		}
		return all
	}
}

// round takes away what is left of tenths in binary.
func round(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// axis chooses the unit of time.
func axis(span time.Duration) (unit time.Duration, name string) {
	switch {
	case span <= 2*time.Second:
		return time.Millisecond, "ms"
	case span <= 10*time.Minute:
		return time.Second, "s"
	}
	return time.Minute, "min"
}

func in(t, unit time.Duration) float64 { return float64(t) / float64(unit) }

func volts(v physic.ElectricPotential) float64 { return float64(v) / float64(physic.Volt) }

// tolerance fills the band in which the curve may lie.
func (p *Picture) tolerance(out *plot.Plot, unit time.Duration) error {
	t := p.curve.Tolerance
	if t.Above+t.Below == 0 {
		return nil
	}
	first := true
	for _, stretch := range p.stretches() {
		var outline plotter.XYs
		for _, q := range stretch {
			outline = append(outline, plotter.XY{X: in(q.At, unit), Y: volts(q.Volts + t.Above)})
		}
		for i := len(stretch) - 1; i >= 0; i-- {
			outline = append(outline, plotter.XY{X: in(stretch[i].At, unit), Y: volts(stretch[i].Volts - t.Below)})
		}
		area, err := plotter.NewPolygon(outline)
		if err != nil {
			return err
		}
		area.Color, area.LineStyle.Color = band(), band()
		out.Add(area)
		if first {
			out.Legend.Add("tolerance of the level", area)
		}
		first = false
	}
	return nil
}

// wish draws the curve.
func (p *Picture) wish(out *plot.Plot, unit time.Duration) error {
	return lines(out, unit, "profile", p.stretches(), draw.LineStyle{Color: wanted(), Width: vg.Points(1.4)})
}

// interruptions are grey lines at 0 V.
func (p *Picture) interruptions(out *plot.Plot, unit time.Duration) error {
	var all [][]profile.Point
	for _, s := range p.curve.Segments {
		if s.Open && s.End() >= p.From && s.Start <= p.To {
			all = append(all, []profile.Point{
				{At: s.Start, Volts: s.From}, {At: s.Start}, {At: s.End()}, {At: s.End(), Volts: s.From},
			})
		}
	}
	style := draw.LineStyle{Color: opened(), Width: vg.Points(1), Dashes: []vg.Length{vg.Points(2), vg.Points(2)}}
	return lines(out, unit, "line open", all, style)
}

func (p *Picture) expectation(out *plot.Plot, unit time.Duration) error {
	if len(p.Expected) < 2 {
		return nil
	}
	style := draw.LineStyle{Color: expected(), Width: vg.Points(1.2), Dashes: []vg.Length{vg.Points(5), vg.Points(2)}}
	return lines(out, unit, "expected of the rail", [][]profile.Point{p.Expected}, style)
}

func lines(out *plot.Plot, unit time.Duration, name string, stretches [][]profile.Point, style draw.LineStyle) error {
	for i, stretch := range stretches {
		xys := make(plotter.XYs, len(stretch))
		for j, q := range stretch {
			xys[j] = plotter.XY{X: in(q.At, unit), Y: volts(q.Volts)}
		}
		line, err := plotter.NewLine(xys)
		if err != nil {
			return err
		}
		line.LineStyle = style
		out.Add(line)
		if i == 0 {
			out.Legend.Add(name, line)
		}
	}
	return nil
}

// perPeriod is how many points draw a period of a ripple.
const perPeriod = 24

// stretches are the points of the curve in the window, cut where the line is open.
func (p *Picture) stretches() [][]profile.Point {
	var all [][]profile.Point
	var now []profile.Point
	for _, s := range p.curve.Segments {
		if s.End() < p.From || s.Start > p.To {
			continue
		}
		if s.Open {
			if len(now) > 1 {
				all = append(all, now)
			}
			now = nil
			continue
		}
		now = append(now, p.points(s)...)
	}
	if len(now) > 1 {
		all = append(all, now)
	}
	return all
}

// points draw one segment.
func (p *Picture) points(s profile.Segment) []profile.Point {
	from, to := max(s.Start, p.From), min(s.End(), p.To)
	n := 1
	if f := s.Ripple.Frequency; f != 0 {
		n = int(min(float64(to-from)/float64(f.Period())*perPeriod, 20_000)) + 1
	}
	all := make([]profile.Point, n+1)
	for k := range all {
		at := from + time.Duration(float64(to-from)*float64(k)/float64(n))
		all[k] = profile.Point{At: at, Volts: s.At(at - s.Start)}
	}
	return all
}
