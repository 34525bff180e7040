package reports

import (
	"slices"
	"strings"

	"otabench/bench/record"
	"otabench/reports/catalogue"
)

// Group is a catalogue with the verdicts of its requirements.
type Group struct {
	ID, Title, Version, Notice string
	Requirements               []Requirement
}

// Requirement is a requirement with the specs that were selected for it.
type Requirement struct {
	catalogue.Requirement
	Verdict Verdict
	Totals  Totals // of Specs
	Specs   []*Spec
	LeftOut []record.SpecStart // specs that observe it and were not selected
}

// Counts says how many requirements of the group have a verdict, and how many it has.
func (g Group) Counts(v Verdict) (n, of int) {
	for _, r := range g.Requirements {
		if r.Verdict == v {
			n++
		}
	}
	return n, len(g.Requirements)
}

// group judges each requirement, and gathers labels that no catalogue knows in a last group of their own.
func group(catalogues []catalogue.Catalogue, specs []*Spec, leftOut []record.SpecStart) []Group {
	observers := map[string]*Requirement{}
	of := func(label string) *Requirement {
		if observers[label] == nil {
			observers[label] = &Requirement{}
		}
		return observers[label]
	}
	for _, s := range specs {
		for _, l := range slices.Compact(slices.Sorted(slices.Values(s.Labels))) {
			of(l).Specs = append(of(l).Specs, s)
		}
	}
	for _, s := range leftOut {
		for _, l := range slices.Compact(slices.Sorted(slices.Values(s.Labels))) {
			of(l).LeftOut = append(of(l).LeftOut, s)
		}
	}
	var groups []Group
	for _, c := range catalogues {
		g := Group{ID: c.ID, Title: c.Title, Version: c.Version, Notice: c.Notice}
		for _, r := range c.Requirements {
			q := of(r.ID)
			q.Requirement = r
			q.judge()
			g.Requirements = append(g.Requirements, *q)
			delete(observers, r.ID)
		}
		groups = append(groups, g)
	}
	if g := unknown(observers); len(g.Requirements) > 0 {
		groups = append(groups, g)
	}
	return groups
}

// judge applies the decision rule to a requirement.
func (q *Requirement) judge() {
	q.Totals = Totals{}
	for _, s := range q.Specs {
		q.Totals.add(s.Verdict)
	}
	switch {
	case len(q.Specs) == 0 && len(q.LeftOut) == 0:
		q.Verdict = NotCovered
		return
	case len(q.Specs) == 0:
		q.Verdict = NotRun
		return
	}
	q.Verdict = q.Totals.verdict()
	inPart := len(q.LeftOut) > 0 || !slices.ContainsFunc(q.Specs, func(s *Spec) bool { return s.observesAll(q.ID) })
	if q.Verdict == Passed && inPart {
		q.Verdict = InPart
	}
}

// partLabel precedes a requirement in the label of a spec that observes only a part of it.
const partLabel = "part:"

func (s *Spec) observesAll(id string) bool { return !slices.Contains(s.Labels, partLabel+id) }

// Tags are the labels of the spec as a reader sees them: a requirement that it observes only a part of says so.
func (s *Spec) Tags() []string {
	var tags []string
	for _, l := range s.Labels {
		switch {
		case strings.HasPrefix(l, partLabel):
		case s.observesAll(l):
			tags = append(tags, l)
		default:
			tags = append(tags, l+" in part")
		}
	}
	return tags
}

// unknown gathers the labels that look like requirements and stand in no catalogue.
func unknown(observers map[string]*Requirement) Group {
	g := Group{ID: "unknown", Title: "Labels that no catalogue knows", Notice: "misspelt, or their catalogue is missing"}
	for l, q := range observers {
		if len(q.Specs) > 0 && catalogue.LooksLike(l) {
			q.Requirement = catalogue.Requirement{ID: l, Expectation: "not in any catalogue"}
			q.judge()
			g.Requirements = append(g.Requirements, *q)
		}
	}
	slices.SortFunc(g.Requirements, func(a, b Requirement) int { return strings.Compare(a.ID, b.ID) })
	return g
}
