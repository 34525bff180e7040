package html

import "otabench/reports"

// verdictsOf are the verdicts that a requirement of a bench can have, in the order of the matrix.
var verdictsOf = []reports.Verdict{
	reports.Passed, reports.InPart, reports.Marginal, reports.Failed, reports.Void, reports.NotRun, reports.NotCovered,
}

// tally is a catalogue in a row of the matrix: how many of its requirements have each verdict.
type tally struct {
	reports.Group
	Counts []tallied
	Of     int // requirements that a bench can give evidence for, and which the verdicts are counted of
	Apart  int // those that are left to documents
}

type tallied struct {
	Verdict reports.Verdict
	Count   int
}

// Verdicts are the columns of the matrix.
func (p page) Verdicts() []reports.Verdict { return verdictsOf }

// Tallies are the rows of the matrix.
func (p page) Tallies() []tally {
	var all []tally
	for _, g := range p.Groups {
		t := tally{Group: g}
		for _, v := range verdictsOf {
			n, of := g.Counts(v)
			t.Counts, t.Of = append(t.Counts, tallied{v, n}), of
		}
		t.Apart = len(g.Requirements) - t.Of
		all = append(all, t)
	}
	return all
}
