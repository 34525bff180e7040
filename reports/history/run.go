package history

import (
	"time"

	"otabench/reports"
	"otabench/reports/conditions"
)

// Run is a run as the history keeps it.
type Run struct {
	ID         string                `json:"id"`
	Digest     string                `json:"digest"` // SHA-256 of its record, hexadecimal
	Dir        string                `json:"dir"`    // run folder when it was added
	Started    time.Time             `json:"started"`
	Length     time.Duration         `json:"length_ns"`
	Tool       string                `json:"tool"`
	Host       string                `json:"host"`
	Bench      string                `json:"bench"` // name
	File       string                `json:"file"`  // bench file
	Conditions conditions.Conditions `json:"conditions"`
	Status     reports.Verdict       `json:"status"`
	Reason     string                `json:"reason,omitempty"`
	Totals     reports.Totals        `json:"totals"`
	Filter     string                `json:"filter,omitempty"`
	Unselected int                   `json:"unselected"`
	Lost       uint64                `json:"lost_frames"`
	Sweep      *Sweep                `json:"sweep,omitempty"`
}

// Counts says whether anything may be concluded from the run's specs.
func (r Run) Counts() bool { return r.Status != reports.Void }

// Sweep is what a sweep came to.
type Sweep struct {
	Unit       string         `json:"unit"`
	Package    string         `json:"package"`
	Points     int            `json:"points"` // planned
	Tried      int            `json:"tried"`
	Wrong      int            `json:"wrong"` // that left the unit as it may not be
	Exhaustive bool           `json:"exhaustive"`
	Outcomes   map[string]int `json:"outcomes"` // points by outcome
}

func sweepOf(s *reports.Sweep) *Sweep {
	if s == nil {
		return nil
	}
	out := &Sweep{
		Unit: clip(s.Plan.Unit), Package: clip(s.Plan.Package), Points: s.Plan.Points, Tried: len(s.Results), Wrong: len(s.Wrong()),
		Exhaustive: s.Plan.Exhaustive, Outcomes: map[string]int{},
	}
	for _, o := range reports.Outcomes() {
		if n := s.Count(o); n > 0 {
			out.Outcomes[o] = n
		}
	}
	return out
}
