package html

import (
	"fmt"
	"slices"
	"strings"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/visible"
)

// Bounds of what is shown of a sweep.
const (
	maxBands  = 40
	maxCells  = 3600 // of all bands
	maxRows   = 400
	maxGroups = 200
)

// sweepView is a sweep as the page shows it.
type sweepView struct {
	*reports.Sweep
	Tried       int // points, without procedures that failed undisturbed
	Undisturbed int // procedures that failed so
	Legend      []legend
	Procedures  []procedureView
	Table       []tableRow
	TableLeft   int
	Columns     []string // outcomes of the table
	Groups      []wrongGroup
	GroupsLeft  int
	Again       []playedAgain
	AgainLeft   int
	NotPlayed   int // kinds of points of which none was played again
}

// playedAgain is a point that was played again.
type playedAgain struct {
	record.SweepEvidence
	Phase, Before string // in the sweep
	Unlike        bool
}

// legend says how an outcome is drawn, and how often it came.
type legend struct {
	Outcome, Class, Symbol, Meaning string
	Count                           int
}

type procedureView struct {
	Name  string
	Plan  *record.SweepProcedure // nil if the plan does not name it
	Bands []band
}

// tableRow is a row of the table beside the map; cells refer to it by its number.
type tableRow struct {
	reports.Row
	ID     int
	Points int
	Wrong  int
}

// wrongGroup is a way in which the unit was left as it may not be.
type wrongGroup struct {
	reports.Reproduction
	ID      int
	Command string
	Report  string // of the trial that was played again; empty if there is none
}

// sweepOf prepares a sweep for the page; nil if the run is none.
func sweepOf(r *reports.Run) *sweepView {
	s := r.Sweep
	if s == nil {
		return nil
	}
	v := &sweepView{Sweep: s, Legend: legends(s)}
	for _, o := range v.Legend {
		if o.Count > 0 {
			v.Columns = append(v.Columns, o.Outcome)
		}
	}
	for _, x := range s.Results {
		if x.Fault == reports.Undisturbed {
			v.Undisturbed++
		}
	}
	v.Tried = len(s.Results) - v.Undisturbed
	to := targets{rows: map[rowKey]int{}, groups: map[string]int{}}
	v.Table, v.TableLeft = to.table(s)
	v.Groups, v.GroupsLeft = to.wrong(r)
	v.Procedures = procedures(r, to)
	v.Again, v.AgainLeft = again(s)
	for _, x := range s.Representatives(len(s.Results)) {
		if _, ok := s.EvidenceOf(x); !ok {
			v.NotPlayed++
		}
	}
	return v
}

func again(s *reports.Sweep) (shown []playedAgain, left int) {
	results := map[string]record.SweepResult{}
	for _, r := range s.Results {
		results[r.Point] = r
	}
	unlike := s.Unlike()
	for _, e := range s.Evidence[:min(len(s.Evidence), maxGroups)] {
		r := results[e.Point]
		shown = append(shown, playedAgain{SweepEvidence: e, Phase: r.Phase, Before: r.Outcome, Unlike: slices.Contains(unlike, e)})
	}
	return shown, len(s.Evidence) - len(shown)
}

// known are the outcomes with how they are drawn.
var known = []legend{
	{Outcome: "old", Symbol: "O", Meaning: "the software from before, as it was"},
	{Outcome: "new", Symbol: "N", Meaning: "the next software, whole and permanent"},
	{Outcome: "recoverable", Symbol: "R", Meaning: "no software, and a bootloader that answers; of a vehicle: both releases, and it cannot be driven"},
	{Outcome: "mixed", Symbol: "M", Meaning: "the unit answers, and is neither the one nor the other"},
	{Outcome: "bricked", Symbol: "B", Meaning: "the unit does not answer"},
	{Outcome: "missed", Symbol: "–", Meaning: "the moment never came, so nothing was shown"},
	{Outcome: "void", Symbol: "⊘", Meaning: "the bench failed, so nothing was shown"},
}

// legends are all outcomes with their counts, and any that is not known by the name that the record gives it.
func legends(s *reports.Sweep) []legend {
	all := slices.Clone(known)
	for _, r := range s.Results {
		i := slices.IndexFunc(all, func(l legend) bool { return l.Outcome == r.Outcome })
		if i < 0 {
			if i = len(all); i >= len(known)+10 {
				continue
			}
			all = append(all, legend{Outcome: r.Outcome, Symbol: "?", Meaning: "not known to this report, and wrong therefore"})
		}
		all[i].Count++
	}
	for i := range all {
		all[i].Class = class(all[i].Outcome)
	}
	return all
}

// class is the outcome in names of styles.
func class(outcome string) string {
	if slices.ContainsFunc(known, func(l legend) bool { return l.Outcome == outcome }) {
		return outcome
	}
	return "unknown"
}

func symbolOf(outcome string) string {
	for _, l := range known {
		if l.Outcome == outcome {
			return l.Symbol
		}
	}
	return "?"
}

type rowKey struct{ procedure, phase, fault string }

// targets are the places on the page that tell more of a cell.
type targets struct {
	rows   map[rowKey]int
	groups map[string]int // of wrong points, by how they went wrong
}

func (t targets) table(s *reports.Sweep) (shown []tableRow, left int) {
	wrong := map[rowKey]int{}
	for _, r := range s.Wrong() {
		wrong[rowKey{r.Procedure, r.Phase, r.Fault}]++
	}
	rows := s.Rows()
	for i, r := range rows[:min(len(rows), maxRows)] {
		k := rowKey{r.Procedure, r.Phase, r.Fault}
		row := tableRow{Row: r, ID: i + 1, Wrong: wrong[k]}
		for _, n := range r.Counts {
			row.Points += n
		}
		t.rows[k] = row.ID
		shown = append(shown, row)
	}
	return shown, len(rows) - len(shown)
}

func (t targets) wrong(r *reports.Run) (shown []wrongGroup, left int) {
	all := r.Sweep.Reproductions()
	for i, x := range all[:min(len(all), maxGroups)] {
		t.groups[way(x.SweepResult)] = i + 1
		g := wrongGroup{Reproduction: x, ID: i + 1, Command: r.Command(x.SweepResult)}
		if e, ok := r.Sweep.EvidenceOf(x.SweepResult); ok && e.Folder != "" {
			g.Report = reportIn(e)
		}
		shown = append(shown, g)
	}
	return shown, len(all) - len(shown)
}

// way is how a point went wrong, where and by what.
func way(r record.SweepResult) string {
	return strings.Join([]string{r.Procedure, r.Phase, r.Fault, r.Outcome, r.Wrong}, "\x00")
}

// of is where a reader finds more of a point that stands for its cell; empty if there is nothing.
func (t targets) of(r record.SweepResult) string {
	if id, ok := t.groups[way(r)]; ok && reports.IsWrong(r) {
		return fmt.Sprintf("#wrong-%d", id)
	}
	if id, ok := t.rows[rowKey{r.Procedure, r.Phase, r.Fault}]; ok {
		return fmt.Sprintf("#phase-%d", id)
	}
	return "#phases"
}

// procedures divides the results by procedure and fault, in the order of the plan.
func procedures(r *reports.Run, to targets) []procedureView {
	s := r.Sweep
	type key struct{ procedure, fault string }
	parts := map[key][]record.SweepResult{}
	var keys []key
	for _, x := range s.Results {
		k := key{x.Procedure, x.Fault}
		if parts[k] == nil {
			keys = append(keys, k)
		}
		parts[k] = append(parts[k], x)
	}
	slices.SortStableFunc(keys, func(a, b key) int {
		if d := planned(s, a.procedure) - planned(s, b.procedure); d != 0 {
			return d
		}
		return slices.Index(s.Plan.Faults, a.fault) - slices.Index(s.Plan.Faults, b.fault)
	})
	keys = keys[:min(len(keys), maxBands)]
	var all []procedureView
	for _, k := range keys {
		if n := len(all); n == 0 || all[n-1].Name != k.procedure {
			p := procedureView{Name: k.procedure}
			if i := planned(s, k.procedure); i >= 0 {
				p.Plan = &s.Plan.Procedures[i]
			}
			all = append(all, p)
		}
		p := &all[len(all)-1]
		p.Bands = append(p.Bands, newBand(r, to, k.fault, parts[k], maxCells/len(keys)))
	}
	return all
}

func planned(s *reports.Sweep, procedure string) int {
	return slices.IndexFunc(s.Plan.Procedures, func(p record.SweepProcedure) bool { return p.Name == procedure })
}

// faultName is a fault in words.
func faultName(fault string) string {
	if fault == reports.Undisturbed {
		return "undisturbed"
	}
	return fault
}

// short is a word of the record as part of a longer text.
func short(text string) string { return visible.Line(text, 120) }
