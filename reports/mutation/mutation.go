package mutation

import (
	"cmp"
	"slices"

	"otabench/bench/record"
)

// Mutant is a faulty ECU.
type Mutant struct {
	Name  string `json:"name"`
	Story string `json:"story"`
	Group string `json:"group"`
	// Sweep says that only a sweep is sure to find it.
	Sweep bool `json:"sweep,omitempty"`
	// Filter chooses the specs that it can concern, by their labels; empty for all.
	Filter string `json:"-"`
}

// Spec is a spec and how it ended on one ECU.
type Spec struct {
	ID, Text string
	Outcome  record.Outcome
	Message  string // why it did not pass
}

// Trial is what became of a suite on one ECU.
type Trial struct {
	Mutant Mutant // empty for the good ECU
	Specs  []Spec // that ended, in their order
	// Unfinished is the spec that ran when the suite had to be ended, because it took too long or its process died; nil if
	// it ended by itself.
	Unfinished *Spec
	// Swept are points of a sweep that went wrong, nil if none was made or none did.
	Swept []string
}

// Row is what a mutant came to.
type Row struct {
	Mutant
	// KilledBy are ids of specs, and points of a sweep with "sweep " before them.
	KilledBy []string `json:"killed_by"`
	// Unfinished says that the suite did not come to its end, and where it stood.
	Unfinished string `json:"unfinished,omitempty"`
}

// Killed says that something told the mutant from the good ECU.
func (r Row) Killed() bool { return len(r.KilledBy) > 0 }

// Matrix is the kill matrix: survivors first.
type Matrix struct {
	Rows []Row `json:"mutants"`
	// FalseAlarms are ids of specs that did not pass on the good ECU. They kill nothing.
	FalseAlarms []string `json:"false_alarms"`
	// Specs are those that ran on the good ECU, and Idle the ids of those that killed no mutant.
	Specs []Spec   `json:"-"`
	Idle  []string `json:"idle,omitempty"`
}

// Judge holds trials of mutants against one of the good ECU. A spec that was not run there, for want of equipment, is no
// false alarm.
func Judge(good Trial, mutants []Trial) Matrix {
	m := Matrix{Specs: good.Specs, FalseAlarms: []string{}}
	passes := map[string]bool{}
	for _, s := range good.Specs {
		switch s.Outcome {
		case record.Passed:
			passes[s.ID] = true
		case record.NotRun:
		default:
			m.FalseAlarms = append(m.FalseAlarms, s.ID)
		}
	}
	if good.Unfinished != nil {
		m.FalseAlarms = append(m.FalseAlarms, good.Unfinished.ID)
	}
	kills := map[string]bool{}
	for _, t := range mutants {
		row := t.row(passes)
		for _, id := range row.KilledBy {
			kills[id] = true
		}
		m.Rows = append(m.Rows, row)
	}
	slices.SortStableFunc(m.Rows, func(a, b Row) int { return order(a) - order(b) })
	for _, s := range good.Specs {
		if !kills[s.ID] && passes[s.ID] {
			m.Idle = append(m.Idle, s.ID)
		}
	}
	return m
}

// order puts survivors first, then those that only a sweep kills.
func order(r Row) int {
	switch {
	case !r.Killed():
		return 0
	case r.Sweep:
		return 1
	}
	return 2
}

func (t Trial) row(passes map[string]bool) Row {
	r := Row{Mutant: t.Mutant, KilledBy: []string{}}
	for _, s := range t.Specs {
		if s.Outcome == record.Failed && passes[s.ID] {
			r.KilledBy = append(r.KilledBy, s.ID)
		}
	}
	for _, p := range t.Swept {
		r.KilledBy = append(r.KilledBy, "sweep "+p)
	}
	if t.Unfinished != nil {
		r.Unfinished = cmp.Or(t.Unfinished.Text, "between two specs")
	}
	return r
}

// Survivors are the mutants that nothing killed.
func (m Matrix) Survivors() (all []Row) {
	for _, r := range m.Rows {
		if !r.Killed() {
			all = append(all, r)
		}
	}
	return all
}

// Text is the text of a spec.
func (m Matrix) Text(id string) string {
	for _, s := range m.Specs {
		if s.ID == id {
			return s.Text
		}
	}
	return id
}
