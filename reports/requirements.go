package reports

import (
	"slices"
	"strings"

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
	Totals  Totals
	Specs   []*Spec
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
func group(catalogues []catalogue.Catalogue, specs []*Spec) []Group {
	byLabel := map[string][]*Spec{}
	for _, s := range specs {
		for _, l := range slices.Compact(slices.Sorted(slices.Values(s.Labels))) {
			byLabel[l] = append(byLabel[l], s)
		}
	}
	var groups []Group
	for _, c := range catalogues {
		g := Group{ID: c.ID, Title: c.Title, Version: c.Version, Notice: c.Notice}
		for _, r := range c.Requirements {
			g.Requirements = append(g.Requirements, requirement(r, byLabel[r.ID]))
			delete(byLabel, r.ID)
		}
		groups = append(groups, g)
	}
	if g := unknown(byLabel); len(g.Requirements) > 0 {
		groups = append(groups, g)
	}
	return groups
}

func requirement(r catalogue.Requirement, specs []*Spec) Requirement {
	q := Requirement{Requirement: r, Specs: specs, Verdict: NotCovered}
	for _, s := range specs {
		q.Totals.add(s.Verdict)
	}
	if len(specs) > 0 {
		q.Verdict = q.Totals.verdict()
	}
	if q.Verdict == Passed && !slices.ContainsFunc(specs, func(s *Spec) bool { return s.observesAll(r.ID) }) {
		q.Verdict = InPart
	}
	return q
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
func unknown(byLabel map[string][]*Spec) Group {
	g := Group{ID: "unknown", Title: "Labels that no catalogue knows", Notice: "misspelt, or their catalogue is missing"}
	for l, specs := range byLabel {
		if catalogue.LooksLike(l) {
			g.Requirements = append(g.Requirements, requirement(catalogue.Requirement{ID: l, Expectation: "not in any catalogue"}, specs))
		}
	}
	slices.SortFunc(g.Requirements, func(a, b Requirement) int { return strings.Compare(a.ID, b.ID) })
	return g
}
