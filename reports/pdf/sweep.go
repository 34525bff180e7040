package pdf

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"otabench/reports"
)

// Bounds of what is shown of a sweep.
const (
	maxPhases = 400
	maxGroups = 200
	maxEdges  = 200
)

// sweep shows the outcomes of an interruption sweep and what went wrong.
func (d *document) sweep() {
	s := d.Sweep
	d.begin("Interruption sweep")
	d.plan()
	d.outcomes()
	d.wrong()
	d.edges()
	if len(s.Evidence) > 0 {
		d.replayed()
	}
}

func (d *document) plan() {
	p := d.Sweep.Plan
	planned := reports.Count(p.Points, "point")
	if p.Exhaustive {
		planned += ": every frame and every flash operation"
	}
	f := d.facts()
	f.fact("Unit", cmp.Or(line(p.Unit), "the first one of the bench"))
	f.fact("Software installed", line(p.Package))
	f.fact("Faults", line(strings.Join(p.Faults, ", ")))
	f.fact("Planned", planned)
	f.fact("Tried", reports.Count(len(d.Sweep.Results), "point"))
	f.fact("Of these, shared", fmt.Sprintf("%d left the same memory as an earlier point in the same phase, whose end holds for them", d.Sweep.Shared()))
	f.fact("Seed", fmt.Sprint(p.Seed))
	f.end("")
	if len(p.Procedures) == 0 {
		return
	}
	t := d.table(column{head: "Procedure, undisturbed", width: 70}, column{head: "Frames", width: 25, right: true}, column{head: "Flash operations", width: 30, right: true}, column{head: "Length", width: 25, right: true})
	shown, more := upTo(p.Procedures, 20)
	for _, x := range shown {
		t.row(strong(line(x.Name)), told(x.Frames), told(x.Operations), plain(reports.Took(x.Length)))
	}
	t.end("")
	d.omitted(more, "procedure")
}

func told(n int) cell {
	if n == 0 {
		return faint("not told")
	}
	return plain(fmt.Sprint(n))
}

// outcomes counts the points by phase and outcome.
func (d *document) outcomes() {
	d.part("Outcomes by phase")
	s := d.Sweep
	known := slices.DeleteFunc(reports.Outcomes(), func(o string) bool { return s.Count(o) == 0 })
	columns := []column{{head: "Procedure", width: 26}, {head: "Fault", width: 22}, {head: "Phase", width: 40}, {head: "Points", width: 15, right: true}}
	for _, o := range known {
		columns = append(columns, column{head: o, width: 18, right: true})
	}
	columns = append(columns, column{head: "others", width: 15, right: true})
	t := d.table(columns...)
	shown, more := upTo(s.Rows(), maxPhases)
	for _, r := range shown {
		points, others := 0, 0
		for o, n := range r.Counts {
			points += n
			if !slices.Contains(known, o) {
				others += n
			}
		}
		row := []cell{plain(line(r.Procedure)), plain(faultName(r.Fault)), strong(line(r.Phase)), plain(fmt.Sprint(points))}
		for _, o := range known {
			row = append(row, plain(fmt.Sprint(r.Counts[o])))
		}
		t.row(append(row, plain(fmt.Sprint(others)))...)
	}
	t.end("No point was tried.")
	d.omitted(more, "row")
}

func faultName(fault string) string {
	if fault == reports.Undisturbed {
		return "undisturbed"
	}
	return line(fault)
}

// wrong tells each way in which the unit was left as it may not be, and how to see it again.
func (d *document) wrong() {
	d.part("What went wrong")
	all := d.Sweep.Reproductions()
	if len(all) == 0 {
		d.say("At none of the points that were tried was the unit left as it may not be.")
		return
	}
	shown, more := upTo(all, maxGroups)
	for _, x := range shown {
		d.room(22)
		why := line(x.Wrong)
		if why == "" {
			why = "the unit was left as it may not be"
		}
		d.indented(0, bold, sizeText, red, fmt.Sprintf("✗ %s: %s (%s)", line(x.Outcome), why, reports.Count(x.Points, "point")))
		mended := "a complete reflash mended it"
		if !x.Recovered {
			mended = "not mended by a complete reflash"
		}
		d.indented(3, regular, sizeTable, black, fmt.Sprintf("%s, %s, %s; first: %s, %s after the beginning; %s.",
			line(x.Procedure), line(x.Phase), faultName(x.Fault), line(x.Offset), reports.Took(x.At), mended))
		if x.Unit != "" {
			d.indented(3, regular, sizeTable, black, "In the end answered: "+line(x.Unit))
		}
		if x.Tester != "" {
			d.indented(3, regular, sizeTable, black, "The tester was told: "+line(x.Tester))
		}
		d.indented(3, mono, sizeSmall, soft, line(d.Command(x.SweepResult)))
		d.space(2)
	}
	d.omitted(more, "reproduction")
}

func (d *document) edges() {
	if len(d.Sweep.Edges) == 0 {
		return
	}
	d.part("Boundaries between outcomes")
	t := d.table(column{head: "Up to", width: 50}, column{head: "Outcome", width: 20}, column{head: "From", width: 50}, column{head: "Outcome", width: 20}, column{head: "Tries", width: 12, right: true}, column{head: "The same each time", width: 22})
	shown, more := upTo(d.Sweep.Edges, maxEdges)
	for _, e := range shown {
		t.row(code(line(e.Before)), plain(line(e.From)), code(line(e.After)), plain(line(e.To)), plain(fmt.Sprint(e.Repeats)), yes(e.Steady, "yes", "no"))
	}
	t.end("")
	d.omitted(more, "edge")
}

// replayed are the points that were played again with all evidence.
func (d *document) replayed() {
	d.part("Points that were played again")
	unlike := d.Sweep.Unlike()
	t := d.table(column{head: "Point", width: 46}, column{head: "Again", width: 22}, column{head: "Evidence", width: 42}, column{head: "SHA-256 of its record", width: 64})
	shown, more := upTo(d.Sweep.Evidence, maxGroups)
	for _, e := range shown {
		folder := cell{text: "✗ not to be opened; see deviations", ink: red}
		if e.Folder != "" {
			folder = code(line(e.Folder))
		}
		t.row(code(line(e.Point)), yes(!slices.Contains(unlike, e), "the same", "now "+line(e.Outcome)), folder, code(line(e.Digest)))
	}
	t.end("")
	d.omitted(more, "point")
}
