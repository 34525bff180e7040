package allure

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"slices"

	"otabench/bench/record"
	"otabench/reports"
)

// Size of a curve in pixels, without its margin for text.
const width, height, margin = 900.0, 220.0, 40.0

var colours = []string{"#1f77b4", "#d62728", "#2ca02c", "#9467bd"}

// curve draws the voltage of each rail over the run's clock.
func curve(samples []reports.At[record.Sample]) []byte {
	x := spanOf(samples, func(e reports.At[record.Sample]) float64 { return e.T.Seconds() })
	y := spanOf(samples, func(e reports.At[record.Sample]) float64 { return e.Body.Volts })
	y.low = min(y.low, 0)
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" font-family="sans-serif" font-size="12">`, width+2*margin, height+2*margin)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="#fff"/><path d="M%g %gv%gh%g" fill="none" stroke="#888"/>`, margin, margin, height, width)
	fmt.Fprintf(&b, `<text x="4" y="%g">%.4g V</text><text x="4" y="%g">%.4g V</text>`, margin-4, y.high, margin+height, y.low)
	fmt.Fprintf(&b, `<text x="%g" y="%g">%.6f s</text>`, margin, 2*margin+height-20, x.low)
	fmt.Fprintf(&b, `<text x="%g" y="%g" text-anchor="end">%.6f s</text>`, margin+width, 2*margin+height-20, x.high)
	for i, rail := range rails(samples) {
		colour := colours[i%len(colours)]
		fmt.Fprintf(&b, `<text x="%g" y="%g" fill="%s">`, margin+100+float64(i)*120, margin-4, colour)
		_ = xml.EscapeText(&b, []byte(line(rail))) // a buffer takes everything
		fmt.Fprintf(&b, `</text><polyline fill="none" stroke="%s" stroke-width="2" stroke-linecap="round" points="`, colour)
		last := ""
		for _, e := range samples {
			if e.Body.Rail == rail {
				last = fmt.Sprintf("%.1f,%.1f ", margin+width*x.part(e.T.Seconds()), margin+height*(1-y.part(e.Body.Volts)))
				b.WriteString(last)
			}
		}
		b.WriteString(last + `"/>`) // twice, so that a single reading is a dot
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// rails are the rails in the order in which they were measured first.
func rails(samples []reports.At[record.Sample]) (names []string) {
	for _, e := range samples {
		if !slices.Contains(names, e.Body.Rail) {
			names = append(names, e.Body.Rail)
		}
	}
	return names
}

// span is from where to where an axis goes.
type span struct{ low, high float64 }

func spanOf(samples []reports.At[record.Sample], value func(reports.At[record.Sample]) float64) span {
	less := func(a, b reports.At[record.Sample]) int { return cmp.Compare(value(a), value(b)) }
	return span{value(slices.MinFunc(samples, less)), value(slices.MaxFunc(samples, less))}
}

// part is how far along the axis a value lies, from 0 to 1.
func (s span) part(v float64) float64 {
	if s.high <= s.low {
		return 0
	}
	return v/(s.high-s.low) - s.low/(s.high-s.low)
}
