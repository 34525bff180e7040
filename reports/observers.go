package reports

import (
	"maps"
	"slices"

	"otabench/bench/record"
	"otabench/reports/catalogue"
)

// observers are the specs of a run by their labels.
type observers struct {
	specs   []*Spec
	leftOut []record.SpecStart
	by      map[string]*observed
}

// observed are indices of specs, ascending.
type observed struct{ specs, leftOut []int }

func observersOf(specs []*Spec, leftOut []record.SpecStart) observers {
	o := observers{specs, leftOut, map[string]*observed{}}
	for i, s := range specs {
		for _, l := range distinct(s.Labels) {
			of := o.of(l)
			of.specs = append(of.specs, i)
		}
	}
	for i, s := range leftOut {
		for _, l := range distinct(s.Labels) {
			of := o.of(l)
			of.leftOut = append(of.leftOut, i)
		}
	}
	return o
}

func distinct(labels []string) []string { return slices.Compact(slices.Sorted(slices.Values(labels))) }

func (o observers) of(label string) *observed {
	if o.by[label] == nil {
		o.by[label] = &observed{}
	}
	return o.by[label]
}

// judge gives a requirement the specs that carry one of its labels, in the order of the run, and a verdict.
func (o observers) judge(r catalogue.Requirement) Requirement {
	r.Title, r.Stimulus, r.Expectation, r.Reason = shown(r.Title), shown(r.Stimulus), shown(r.Expectation), shown(r.Reason)
	q := Requirement{Requirement: r}
	var specs, leftOut []int
	for _, l := range r.Labels() {
		if of := o.by[l]; of != nil {
			specs, leftOut = append(specs, of.specs...), append(leftOut, of.leftOut...)
		}
	}
	for _, i := range slices.Compact(slices.Sorted(slices.Values(specs))) {
		q.Specs = append(q.Specs, o.specs[i])
	}
	for _, i := range slices.Compact(slices.Sorted(slices.Values(leftOut))) {
		q.LeftOut = append(q.LeftOut, o.leftOut[i])
	}
	q.judge()
	return q
}

// UnknownLabels is the id of the group of labels that no catalogue of the run knows.
const UnknownLabels = "unknown"

// unknown gathers the labels that look like requirements and stand in no catalogue of the run.
func (o observers) unknown(known map[string]bool) Group {
	g := Group{ID: UnknownLabels, Title: "Labels that no catalogue knows", Notice: "misspelt, or of a catalogue that the run is not judged by"}
	for _, l := range slices.Sorted(maps.Keys(o.by)) {
		if !known[l] && len(o.by[l].specs) > 0 && catalogue.LooksLike(l) {
			g.Requirements = append(g.Requirements, o.judge(catalogue.Requirement{ID: l, Expectation: "not in any catalogue"}))
		}
	}
	return g
}
