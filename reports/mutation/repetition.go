package mutation

import (
	"cmp"
	"slices"

	"otabench/bench/record"
)

// Repetition is a suite on the good ECU, with the seed of what was random in it.
type Repetition struct {
	Seed  uint64
	Trial Trial
}

// Count says how a spec ended over all repetitions.
type Count struct {
	ID     string `json:"id"`
	Text   string `json:"text"`
	Runs   int    `json:"runs"`
	Passed int    `json:"passed"`
	// Others counts what was no pass by outcome.
	Others map[record.Outcome]int `json:"others,omitempty"`
}

// Alarm is a spec that did not pass on the good ECU.
type Alarm struct {
	Seed    uint64         `json:"seed"`
	ID      string         `json:"id"`
	Text    string         `json:"text"`
	Outcome record.Outcome `json:"outcome"`
	Message string         `json:"message,omitempty"`
}

// Flakiness is what many repetitions come to.
type Flakiness struct {
	Repetitions int     `json:"repetitions"`
	FalseAlarms []Alarm `json:"false_alarms"`
	// Specs stand with those first that passed least often, and else in the order of their ids.
	Specs []Count `json:"specs"`
}

// Unended is the outcome of a spec that ran when its suite had to be ended or its process died.
const Unended record.Outcome = "unended"

// Count counts repetitions. Nothing but a pass is one, and a spec that some repetition lacks did not pass there.
func CountRepetitions(all []Repetition) Flakiness {
	f := Flakiness{Repetitions: len(all), FalseAlarms: []Alarm{}, Specs: []Count{}}
	counts := map[string]*Count{}
	for _, r := range all {
		for _, s := range r.specs() {
			c := counts[s.ID]
			if c == nil {
				c = &Count{ID: s.ID, Text: s.Text, Others: map[record.Outcome]int{}}
				counts[s.ID] = c
			}
			c.Runs++
			if s.Outcome == record.Passed {
				c.Passed++
				continue
			}
			c.Others[s.Outcome]++
			f.FalseAlarms = append(f.FalseAlarms, Alarm{r.Seed, s.ID, s.Text, s.Outcome, s.Message})
		}
	}
	for _, r := range all {
		f.FalseAlarms = append(f.FalseAlarms, r.lacking(counts)...)
	}
	for _, c := range counts {
		f.Specs = append(f.Specs, *c)
	}
	slices.SortFunc(f.Specs, func(a, b Count) int { return cmp.Or(cmp.Compare(a.Passed, b.Passed), cmp.Compare(a.ID, b.ID)) })
	slices.SortStableFunc(f.FalseAlarms, func(a, b Alarm) int { return cmp.Or(cmp.Compare(a.Seed, b.Seed), cmp.Compare(a.ID, b.ID)) })
	return f
}

// specs are those that began.
func (r Repetition) specs() []Spec {
	all := slices.Clone(r.Trial.Specs)
	if u := r.Trial.Unfinished; u != nil && u.ID != "" {
		all = append(all, Spec{ID: u.ID, Text: u.Text, Outcome: Unended, Message: "the suite had to be ended, or its process died"})
	}
	return all
}

// lacking are the specs that other repetitions have and this one has not.
func (r Repetition) lacking(counts map[string]*Count) (all []Alarm) {
	began := map[string]bool{}
	for _, s := range r.specs() {
		began[s.ID] = true
	}
	for id, c := range counts {
		if !began[id] {
			all = append(all, Alarm{r.Seed, id, c.Text, record.NotRun, "the suite did not come to it"})
		}
	}
	return all
}
