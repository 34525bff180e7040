package reports

// Link leads from a spec to a requirement that it observes.
type Link struct {
	Catalogue   *Group
	Requirement *Requirement
	Whole       bool // the spec observes the whole of it by itself
}

// Links are what each spec observes, by the spec's id: those of the selection and those left out of it, in the order of the
// catalogues.
func (r *Run) Links() map[string][]Link {
	links := map[string][]Link{}
	for i := range r.Groups {
		g := &r.Groups[i]
		for k := range g.Requirements {
			q := &g.Requirements[k]
			seen := map[string]bool{}
			add := func(s *Spec) {
				if !seen[s.ID] {
					seen[s.ID] = true
					links[s.ID] = append(links[s.ID], Link{g, q, q.wholeBy(s)})
				}
			}
			for _, s := range q.Specs {
				add(s)
			}
			for _, s := range q.LeftOut {
				add(&Spec{SpecStart: s})
			}
		}
	}
	return links
}

// wholeBy says whether one spec alone observes the whole of the requirement.
func (q *Requirement) wholeBy(s *Spec) bool {
	alone := Requirement{Requirement: q.Requirement, Specs: []*Spec{s}}
	return !q.Partly && len(alone.Missing()) == 0
}
