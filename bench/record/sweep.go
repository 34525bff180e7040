package record

import "time"

// SweepPlan opens a sweep: what it is going to try.
type SweepPlan struct {
	Unit       string           `json:"unit"`    // role
	Package    string           `json:"package"` // role of the software that is installed
	Seed       uint64           `json:"seed"`
	OtherSlot  bool             `json:"other_slot,omitempty"` // trials began in the slot that the unit does not leave the factory with
	Procedures []SweepProcedure `json:"procedures"`
	Faults     []string         `json:"faults"`
	Points     int              `json:"points"`
	Exhaustive bool             `json:"exhaustive"` // every moment, and not only those between which outcomes differ
}

// SweepProcedure is a procedure as it goes undisturbed.
type SweepProcedure struct {
	Name       string        `json:"name"`
	Frames     int           `json:"frames"`
	Operations int           `json:"operations"` // of the flash; 0 where nobody tells
	Length     time.Duration `json:"length_ns"`
}

// SweepResult is what became of a unit that was disturbed at one point.
type SweepResult struct {
	Point     string        `json:"point"` // as otabench sweep --point takes it
	Procedure string        `json:"procedure"`
	Phase     string        `json:"phase"`
	Offset    string        `json:"offset"`
	At        time.Duration `json:"at_ns"` // of the offset in the undisturbed procedure
	Fault     string        `json:"fault"`
	Outcome   string        `json:"outcome"` // old, new, recoverable, mixed, bricked, missed, void
	Recovered bool          `json:"recovered"`
	Wrong     string        `json:"wrong,omitempty"`  // why the outcome may not be
	Unit      string        `json:"unit,omitempty"`   // who answered in the end; not to be trusted
	Tester    string        `json:"tester,omitempty"` // what the tester was told
	Like      string        `json:"like,omitempty"`   // point that left the same, and whose end holds for this one
}

// SweepShrunk says that a simpler point goes wrong in the same way as another one.
type SweepShrunk struct {
	From string `json:"from"` // points
	To   string `json:"to"`
}

// Kind implements Body.
func (SweepShrunk) Kind() string { return "sweep.shrunk" }

// SweepEdge is where outcomes differ between two neighbours.
type SweepEdge struct {
	Before  string `json:"before"` // points
	After   string `json:"after"`
	From    string `json:"from"` // outcomes
	To      string `json:"to"`
	Repeats int    `json:"repeats"` // tries of each side
	Steady  bool   `json:"steady"`  // each side ended the same each time
}

// SweepEvidence says that a point was played again after the sweep, with all evidence.
type SweepEvidence struct {
	Point     string `json:"point"`
	Folder    string `json:"folder"` // run folder of that trial, below the one of the sweep
	Digest    string `json:"digest"` // SHA-256 of its record, hexadecimal
	Outcome   string `json:"outcome"`
	Recovered bool   `json:"recovered"`
	Wrong     string `json:"wrong,omitempty"`
}

// Kind implements Body.
func (SweepEdge) Kind() string     { return "sweep.edge" }
func (SweepEvidence) Kind() string { return "sweep.evidence" }
func (SweepPlan) Kind() string     { return "sweep.plan" }
func (SweepResult) Kind() string   { return "sweep.result" }
