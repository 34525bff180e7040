package reports

import (
	"slices"

	"otabench/bench/record"
	"otabench/reports/catalogue"
)

// Coverage is what the requirements of a catalogue would come to if all specs of a suite passed: passed, passed in part, not
// covered or left to a document.
func Coverage(c catalogue.Catalogue, suite []record.SpecStart) Group {
	specs := make([]*Spec, len(suite))
	for i, s := range suite {
		specs[i] = &Spec{SpecStart: s, Verdict: Passed}
	}
	return group([]judgedBy{{Catalogue: c}}, specs, nil)[0]
}

// Missing are the labels that have to observe the requirement and that no spec of it observes as a whole. The requirement's
// own label has to only if nothing else does.
func (q *Requirement) Missing() []string {
	labels := q.ObservedBy
	if len(labels) == 0 {
		labels = []string{q.ID}
	}
	var missing []string
	for _, l := range labels {
		if !slices.ContainsFunc(q.Specs, func(s *Spec) bool { return slices.Contains(s.Labels, l) && s.ObservesAll(l) }) {
			missing = append(missing, l)
		}
	}
	return missing
}
