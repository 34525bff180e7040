package diff

import (
	"slices"

	"otabench/reports"
)

// Turn is the way that a verdict took.
type Turn string

// Turns.
const (
	Worse   Turn = "worse"
	Better  Turn = "better"
	Unknown Turn = "no longer known" // what failed is not concluded any more, which is neither
)

// Verdict is a verdict that changed.
type Verdict struct {
	ID        string          `json:"id"`
	Catalogue string          `json:"catalogue,omitempty"` // of a clause
	Name      string          `json:"name,omitempty"`      // of a spec
	From      reports.Verdict `json:"from"`
	To        reports.Verdict `json:"to"`
	Turn      Turn            `json:"turn"`
	Reason    string          `json:"reason,omitempty"` // the first one
}

// rank puts verdicts in order, the better the lower. What is not concluded lies between what was shown and what failed.
func rank(v reports.Verdict) int {
	switch v {
	case reports.Passed, reports.OutOfScope:
		return 0
	case reports.InPart:
		return 1
	case reports.Marginal:
		return 2
	case reports.Failed:
		return 4
	}
	return 3
}

// turn is the way from one verdict to another. A failure that is not concluded any more did not get better.
func turn(from, to reports.Verdict) Turn {
	a, b := rank(from), rank(to)
	switch {
	case b > a:
		return Worse
	case b < a && b != rank(reports.Void):
		return Better
	}
	return Unknown
}

// specs compares the specs of two runs by their ids.
func (d *Diff) specs(before, after *reports.Run) {
	d.New, d.Gone, d.LeftOut, d.Specs = []Ref{}, []Ref{}, []Ref{}, []Verdict{}
	was := map[string]*reports.Spec{}
	for _, s := range before.Specs {
		was[s.ID] = s
	}
	is := map[string]bool{}
	for _, s := range after.Specs {
		is[s.ID] = true
		old := was[s.ID]
		switch {
		case old == nil:
			d.New = append(d.New, ref(s))
		case old.Verdict != s.Verdict:
			d.Specs = append(d.Specs, Verdict{ID: s.ID, Name: s.Name(), From: old.Verdict, To: s.Verdict, Turn: turn(old.Verdict, s.Verdict), Reason: first(s.Reasons)})
		}
	}
	out := map[string]bool{}
	for _, s := range after.LeftOut {
		out[s.ID] = true
	}
	for _, s := range before.Specs {
		switch {
		case is[s.ID]:
		case out[s.ID]:
			d.LeftOut = append(d.LeftOut, ref(s))
		default:
			d.Gone = append(d.Gone, ref(s))
		}
	}
	sortTurns(d.Specs)
}

func ref(s *reports.Spec) Ref { return Ref{s.ID, s.Name(), s.Verdict} }

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// clauses compares those that both runs were judged by.
func (d *Diff) clauses(before, after *reports.Run) {
	d.Clauses = []Verdict{}
	was := map[[2]string]reports.Verdict{}
	for _, g := range before.Groups {
		for _, q := range g.Requirements {
			was[[2]string{g.Ref(), q.ID}] = q.Verdict
		}
	}
	for _, g := range after.Groups {
		for _, q := range g.Requirements {
			from, known := was[[2]string{g.Ref(), q.ID}]
			if !known || from == q.Verdict {
				continue
			}
			d.Clauses = append(d.Clauses, Verdict{ID: q.ID, Catalogue: g.Ref(), From: from, To: q.Verdict, Turn: turn(from, q.Verdict)})
		}
	}
	sortTurns(d.Clauses)
}

// sortTurns puts the worse first.
func sortTurns(list []Verdict) {
	order := []Turn{Worse, Unknown, Better}
	slices.SortStableFunc(list, func(a, b Verdict) int { return slices.Index(order, a.Turn) - slices.Index(order, b.Turn) })
}
