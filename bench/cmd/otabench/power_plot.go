package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/guptarohit/asciigraph"
)

// plot draws rails over one another on a terminal's other screen, so that what stood there is there again at the end.
type plot struct {
	w     io.Writer
	size  func() (width, height int)
	rails []string
	past  map[string][]watched // oldest first, no more than fit
}

// Control sequences of terminals (ECMA-48, and xterm's other screen).
const (
	otherScreen = "\x1b[?1049h\x1b[?25l" // without a cursor
	firstScreen = "\x1b[?25h\x1b[?1049l"
	home        = "\x1b[H"
	clearRest   = "\x1b[J"
	clearLine   = "\x1b[K"
)

func newPlot(w io.Writer, size func() (width, height int)) *plot {
	fmt.Fprint(w, otherScreen)
	return &plot{w: w, size: size, past: map[string][]watched{}}
}

func (p *plot) end() { fmt.Fprint(p.w, firstScreen) }

const (
	axis    = 12 // columns for the labels of an axis
	around  = 4  // lines around a graph: caption, blank
	lowest  = 3  // lines of the smallest graph
	longest = 1000
)

// show adds a point for each rail and draws all of them.
func (p *plot) show(rows []watched) {
	width, height := p.size()
	columns := max(10, min(width-axis, longest))
	for _, r := range rows {
		if _, known := p.past[r.Rail]; !known {
			p.rails = append(p.rails, r.Rail)
		}
		past := append(p.past[r.Rail], r)
		p.past[r.Rail] = append([]watched(nil), past[max(0, len(past)-columns):]...)
	}
	if len(p.rails) == 0 {
		return
	}
	var screen strings.Builder
	screen.WriteString(home)
	lines := max(lowest, (height-1)/len(p.rails)-around)
	for _, rail := range p.rails {
		screen.WriteString(strings.ReplaceAll(p.graph(rail, lines), "\n", clearLine+"\r\n"))
		screen.WriteString(clearLine + "\r\n")
	}
	screen.WriteString(clearRest)
	fmt.Fprint(p.w, screen.String())
}

// graph draws the least and the greatest voltage of each point, which are one line where nothing moves.
func (p *plot) graph(rail string, lines int) string {
	past := p.past[rail]
	least, most := make([]float64, len(past)), make([]float64, len(past))
	for i, r := range past {
		least[i], most[i] = r.Least, r.Most
	}
	return asciigraph.PlotMany([][]float64{least, most},
		asciigraph.Height(lines), asciigraph.Precision(2), asciigraph.LowerBound(0), asciigraph.UpperBound(1),
		asciigraph.Caption(past[len(past)-1].String()))
}
