package main

import (
	"io"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/publish"
)

// sweepJSON is a sweep in JSON, as its record tells it.
type sweepJSON struct {
	publish.Summary
	Plan   sweepDone      `json:"plan"`
	Points []pointJSON    `json:"points"` // in the order in which they were tried
	Counts map[string]int `json:"counts"` // of points, by outcome
	Edges  []edgeJSON     `json:"edges,omitempty"`
}

// sweepDone is a plan that was begun.
type sweepDone struct {
	Unit       string           `json:"unit"` // role; empty for the first unit of the bench
	Package    string           `json:"package"`
	Seed       uint64           `json:"seed"`
	Faults     []string         `json:"faults"`
	Points     int              `json:"points"`
	Exhaustive bool             `json:"exhaustive"`
	Procedures []sweepProcedure `json:"procedures"`
}

type pointJSON struct {
	Point     string  `json:"point"` // as --point takes it
	Procedure string  `json:"procedure"`
	Phase     string  `json:"phase"`
	Offset    string  `json:"offset"` // in words
	At        float64 `json:"at_s"`   // of the offset in the undisturbed procedure
	Fault     string  `json:"fault"`
	Outcome   string  `json:"outcome"`
	Recovered bool    `json:"recovered"`
	Wrong     string  `json:"wrong,omitempty"`
	Unit      string  `json:"unit,omitempty"`
	Tester    string  `json:"tester,omitempty"`
	Like      string  `json:"like,omitempty"`
	Evidence  string  `json:"evidence,omitempty"` // folder of this point, or of one that stands for it
}

type edgeJSON struct {
	Before  string `json:"before"` // points
	After   string `json:"after"`
	From    string `json:"from"` // outcomes
	To      string `json:"to"`
	Repeats int    `json:"repeats"`
	Steady  bool   `json:"steady"`
}

func newSweepJSON(sum publish.Summary) sweepJSON {
	s := sum.Run.Sweep
	out := sweepJSON{
		Summary: sum,
		Plan: sweepDone{
			Unit: s.Plan.Unit, Package: s.Plan.Package, Seed: s.Plan.Seed, Faults: s.Plan.Faults, Points: s.Plan.Points, Exhaustive: s.Plan.Exhaustive,
			Procedures: []sweepProcedure{},
		},
		Points: []pointJSON{},
		Counts: map[string]int{},
	}
	for _, p := range s.Plan.Procedures {
		out.Plan.Procedures = append(out.Plan.Procedures, sweepProcedure{
			Name: p.Name, Frames: p.Frames, Operations: p.Operations, Length: p.Length.Seconds(),
		})
	}
	for _, r := range s.Results {
		p := newPointJSON(r)
		if e, ok := s.EvidenceOf(r); ok {
			p.Evidence = e.Folder
		}
		out.Points = append(out.Points, p)
		out.Counts[r.Outcome]++
	}
	for _, e := range s.Edges {
		out.Edges = append(out.Edges, edgeJSON(e))
	}
	return out
}

func newPointJSON(r record.SweepResult) pointJSON {
	return pointJSON{
		Point: r.Point, Procedure: r.Procedure, Phase: r.Phase, Offset: r.Offset, At: r.At.Seconds(), Fault: r.Fault,
		Outcome: r.Outcome, Recovered: r.Recovered, Wrong: r.Wrong, Unit: r.Unit, Tester: r.Tester, Like: r.Like,
	}
}

// printRun prints what a run came to.
func (a *app) printRun(sum publish.Summary) error {
	if a.json && sum.Run.Sweep != nil {
		return a.print(newSweepJSON(sum), nil)
	}
	return a.print(sum, func(w io.Writer) { _ = reports.Terminal(w, sum.Run, colours(w)) })
}
