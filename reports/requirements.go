package reports

import (
	"slices"
	"strings"

	"otabench/bench/record"
	"otabench/reports/catalogue"
	"otabench/reports/visible"
)

// Group is a catalogue with the verdicts of its requirements.
type Group struct {
	ID, Title    string
	Version      string // of the data
	Edition      string // of the source; empty if it has none
	Source       string
	Notice       string // what a reader has to check, or why there are no requirements
	Digest       string // SHA-256 of the catalogue's file, hexadecimal
	File         string // its name in the run folder; empty for one that is part of this otabench alone
	Requirements []Requirement
}

// Requirement is a requirement with the specs that were selected for it.
type Requirement struct {
	catalogue.Requirement
	Verdict Verdict
	Totals  Totals // of Specs
	Specs   []*Spec
	LeftOut []record.SpecStart // specs that observe it and were not selected
}

// Ref names the catalogue with its edition, as in UN-R156@00.
func (g Group) Ref() string { return catalogue.Catalogue{ID: g.ID, Edition: g.Edition}.Ref() }

// Counts says how many requirements of the group have a verdict, and how many it has. Those that are left to documents
// are not in the latter.
func (g Group) Counts(v Verdict) (n, of int) {
	for _, r := range g.Requirements {
		if r.Verdict == v {
			n++
		}
		if r.Verdict != OutOfScope {
			of++
		}
	}
	return n, of
}

// group judges each requirement, and gathers labels that no catalogue knows in a last group of their own.
func group(catalogues []judgedBy, specs []*Spec, leftOut []record.SpecStart) []Group {
	all := observersOf(specs, leftOut)
	known := map[string]bool{}
	var groups []Group
	for _, c := range catalogues {
		g := Group{
			ID: c.ID, Title: shown(c.Title), Version: shown(c.Version), Edition: c.Edition, Source: shown(c.Source), Notice: shown(c.Notice),
			Digest: c.Digest, File: c.file,
		}
		for _, r := range c.Requirements {
			known[r.ID] = true
			g.Requirements = append(g.Requirements, all.judge(r))
		}
		groups = append(groups, g)
	}
	if g := all.unknown(known); len(g.Requirements) > 0 {
		groups = append(groups, g)
	}
	return groups
}

// shown is a text of a catalogue as every report shows it: whoever wrote it, nothing in it is hidden.
func shown(text string) string { return visible.Text(text, len(text)) }

// judge applies the decision rule to a requirement whose specs are known.
func (q *Requirement) judge() {
	for _, s := range q.Specs {
		q.Totals.add(s.Verdict)
	}
	switch {
	case q.Scope == catalogue.Document && q.Totals.Failed == 0:
		q.Verdict = OutOfScope
	case len(q.Specs) == 0 && len(q.LeftOut) == 0:
		q.Verdict = NotCovered
	case len(q.Specs) == 0:
		q.Verdict = NotRun
	default:
		q.Verdict = q.Totals.verdict()
	}
	if q.Verdict == Passed && (len(q.LeftOut) > 0 || q.Partly || len(q.Missing()) > 0) {
		q.Verdict = InPart
	}
}

// partLabel precedes a requirement in the label of a spec that observes only a part of it.
const partLabel = "part:"

// ObservesAll says whether the spec observes the whole of a requirement that it is labelled with.
func (s *Spec) ObservesAll(id string) bool { return !slices.Contains(s.Labels, partLabel+id) }

// Tags are the labels of the spec as a reader sees them: a requirement that it observes only a part of says so.
func (s *Spec) Tags() []string {
	var tags []string
	for _, l := range s.Labels {
		switch {
		case strings.HasPrefix(l, partLabel):
		case s.ObservesAll(l):
			tags = append(tags, l)
		default:
			tags = append(tags, l+" in part")
		}
	}
	return tags
}
