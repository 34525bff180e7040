package html

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"otabench/bench/record"
	"otabench/reports"
)

// Sizes in a band of the map, in SVG units.
const (
	bandW      = 1056.0
	cellTop    = 20.0
	cellH      = 30.0
	cellLeast  = 6.0  // so that a single point among thousands is seen
	symbolFrom = 13.0 // width of a cell that has room for its symbol
	letter     = 6.4  // width of one, about
	phaseGap   = 3.0
)

// maxSegments is how many parts a procedure may have, before those of one phase are drawn together.
const maxSegments = 24

// band shows one procedure with one fault: a strip of cells in the order of time.
type band struct {
	Fault    string
	Points   int
	Wrong    int
	Segments []segment
}

// segment is a part of a procedure that is of one phase.
type segment struct {
	Phase    string // in words
	Label    string // of it, as much as there is room for
	Points   int
	X, Width string
	Cells    []cell
}

// cell stands for neighbours that ended alike.
type cell struct {
	X, Y, Width, Height string
	Middle              string // for the symbol; empty if there is no room for it
	Class, Symbol       string
	Wrong               bool
	Mark                string // corners of the mark over one that is wrong
	Title               string
	Link                string
}

// run is neighbours in a segment that are drawn as one cell.
type run struct {
	points []record.SweepResult
	worst  record.SweepResult // the first of those that matter most
	kinds  int                // of outcomes in it
}

func newBand(r *reports.Run, to targets, fault string, points []record.SweepResult, budget int) band {
	b := band{Fault: faultName(fault), Points: len(points)}
	for _, p := range points {
		if reports.IsWrong(p) {
			b.Wrong++
		}
	}
	parts := segments(points)
	least, counts := make([]float64, len(parts)), make([]int, len(parts))
	for i, part := range parts {
		least[i], counts[i] = letter*float64(utf8.RuneCountInString(phaseName(part[0].Phase)))+2*phaseGap, len(part)
	}
	widths := share(bandW, least, counts)
	x := 0.0
	for i, part := range parts {
		w := widths[i]
		b.Segments = append(b.Segments, newSegment(r, to, part, x, w, budget/len(parts)))
		x += w
	}
	return b
}

// segments divides points into parts of one phase each, in the order of time.
func segments(points []record.SweepResult) [][]record.SweepResult {
	points = slices.Clone(points)
	slices.SortStableFunc(points, func(a, b record.SweepResult) int { return cmp.Compare(a.At, b.At) })
	parts := split(points)
	if len(parts) <= maxSegments {
		return parts
	}
	first := map[string]int{}
	for i, p := range points {
		if _, ok := first[p.Phase]; !ok {
			first[p.Phase] = i
		}
	}
	slices.SortStableFunc(points, func(a, b record.SweepResult) int { return first[a.Phase] - first[b.Phase] })
	parts = split(points)
	if len(parts) > maxSegments { // no unit has so many phases
		parts = [][]record.SweepResult{points}
	}
	return parts
}

func split(points []record.SweepResult) (parts [][]record.SweepResult) {
	for i, p := range points {
		if i == 0 || p.Phase != points[i-1].Phase {
			parts = append(parts, nil)
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], p)
	}
	return parts
}

// share divides a width in proportion to counts, yet gives each its least width as far as that is possible.
func share(width float64, least []float64, counts []int) []float64 {
	sum, total := 0.0, 0
	for i := range least {
		sum += least[i]
		total += counts[i]
	}
	all := make([]float64, len(least))
	for i := range least {
		if sum >= width {
			all[i] = width * least[i] / sum
		} else {
			all[i] = least[i] + (width-sum)*float64(counts[i])/float64(total)
		}
	}
	return all
}

func newSegment(r *reports.Run, to targets, points []record.SweepResult, x, w float64, budget int) segment {
	name := phaseName(points[0].Phase)
	s := segment{Phase: name, Points: len(points), X: coord(x), Width: coord(w - phaseGap)}
	room := int((w - phaseGap) / letter)
	if s.Label = name; utf8.RuneCountInString(name) > room {
		s.Label = string([]rune(name)[:max(room-1, 0)]) + "…"
	}
	w -= phaseGap
	runs := fold(points, max(min(int(w/cellLeast), budget), 1))
	least, counts := make([]float64, len(runs)), make([]int, len(runs))
	for i, one := range runs {
		least[i], counts[i] = cellLeast, len(one.points)
	}
	for i, width := range share(w, least, counts) {
		s.Cells = append(s.Cells, newCell(r, to, runs[i], x, width))
		x += width
	}
	return s
}

func phaseName(phase string) string {
	if phase == "" {
		return "phase not known"
	}
	return short(phase)
}

// fold joins neighbours that ended alike, and, if there are still more than n of those, neighbours that did not.
func fold(points []record.SweepResult, n int) []run {
	var runs []run
	for i, p := range points {
		if i == 0 || !endedAlike(p, points[i-1]) {
			runs = append(runs, run{})
		}
		r := &runs[len(runs)-1]
		r.points = append(r.points, p)
	}
	if len(runs) > n {
		runs = nil
		for i := range n {
			if part := points[i*len(points)/n : (i+1)*len(points)/n]; len(part) > 0 {
				runs = append(runs, run{points: part})
			}
		}
	}
	for i := range runs {
		runs[i].look()
	}
	return runs
}

func endedAlike(a, b record.SweepResult) bool {
	return a.Outcome == b.Outcome && a.Recovered == b.Recovered && reports.IsWrong(a) == reports.IsWrong(b) && a.Wrong == b.Wrong
}

// look finds the point that stands for the run: the worst of it.
func (r *run) look() {
	seen := map[string]bool{}
	for i, p := range r.points {
		seen[p.Outcome] = true
		if i == 0 || weight(p) > weight(r.worst) {
			r.worst = p
		}
	}
	r.kinds = len(seen)
}

// weight orders results by how much a reader has to see them.
func weight(r record.SweepResult) int {
	if reports.IsWrong(r) {
		return 100
	}
	return slices.Index(reports.Outcomes(), r.Outcome)
}

func newCell(r *reports.Run, to targets, one run, x, w float64) cell {
	wrong := reports.IsWrong(one.worst)
	c := cell{
		X: coord(x), Y: coord(cellTop), Width: coord(w), Height: coord(cellH),
		Class: class(one.worst.Outcome), Symbol: symbolOf(one.worst.Outcome), Wrong: wrong,
		Title: one.title(r), Link: to.of(one.worst),
	}
	if e, ok := r.Sweep.EvidenceOf(one.worst); ok && e.Folder != "" {
		c.Link = reportIn(e)
		c.Title += " Leads to the evidence of " + short(e.Point) + "."
	}
	if w >= symbolFrom {
		c.Middle = coord(x + w/2)
	}
	if wrong {
		middle, y := x+w/2, cellTop+cellH
		c.Mark = fmt.Sprintf("%.1f,%.1f %.1f,%.1f %.1f,%.1f", middle, y+2, middle-4, y+9, middle+4, y+9)
	}
	return c
}

// title says in words what the cell stands for.
func (r run) title(of *reports.Run) string {
	first, last, worst := r.points[0], r.points[len(r.points)-1], r.worst
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, %s: %s, ", short(first.Procedure), phaseName(first.Phase), short(faultName(first.Fault)), reports.Count(len(r.points), "point"))
	if len(r.points) == 1 {
		b.WriteString(short(first.Offset))
	} else {
		fmt.Fprintf(&b, "from %s to %s", short(first.Offset), short(last.Offset))
	}
	if r.kinds > 1 {
		fmt.Fprintf(&b, "; outcomes differ, the worst is %s", short(worst.Outcome))
	} else {
		fmt.Fprintf(&b, "; %s", short(worst.Outcome))
	}
	switch {
	case worst.Wrong != "":
		fmt.Fprintf(&b, ", WRONG: %s", short(worst.Wrong))
	case reports.IsWrong(worst):
		b.WriteString(", WRONG")
	}
	if worst.Outcome != "void" && worst.Outcome != "missed" {
		fmt.Fprintf(&b, "; %s", mended(worst.Recovered))
	}
	fmt.Fprintf(&b, ". Again: %s", short(of.Command(worst)))
	return b.String()
}

// reportIn is the report of a point that was played again, as the page of the sweep links to it.
func reportIn(e record.SweepEvidence) string { return e.Folder + "/report.html" }

func mended(recovered bool) string {
	if recovered {
		return "mended by a complete reflash"
	}
	return "not mended by a complete reflash"
}
