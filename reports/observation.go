package reports

import "slices"

// Observation is a requirement that a spec observes, under its own label or one that its catalogue names.
type Observation struct {
	Requirement string // id
	Whole       bool   // the spec by itself observes all of it
}

// Observations are those of each spec, selected or left out, by the spec's id and in the order of the catalogues. An id that
// several catalogues have is there once.
func (r *Run) Observations() map[string][]Observation {
	all := map[string][]Observation{}
	for _, g := range r.Groups {
		for _, q := range g.Requirements {
			for _, s := range q.Specs {
				add(all, s, q)
			}
			for _, s := range q.LeftOut {
				add(all, &Spec{SpecStart: s}, q)
			}
		}
	}
	return all
}

func add(all map[string][]Observation, s *Spec, q Requirement) {
	if !slices.ContainsFunc(all[s.ID], func(o Observation) bool { return o.Requirement == q.ID }) {
		q.Specs = []*Spec{s}
		all[s.ID] = append(all[s.ID], Observation{q.ID, !q.Partly && len(q.Missing()) == 0})
	}
}
