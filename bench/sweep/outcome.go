package sweep

import (
	"fmt"

	"otabench/ecu"
	"otabench/ecu/description"
)

type identity = ecu.Identity

const (
	rollback = description.Rollback
	confirm  = description.Confirm
)

// Outcome is what an interruption left of a unit.
type Outcome string

// Outcomes.
const (
	// Old: the software from before, as it was.
	Old Outcome = "old"
	// New: the next software, whole and permanent.
	New Outcome = "new"
	// Recoverable: no software, and a bootloader that answers.
	Recoverable Outcome = "recoverable"
	// Mixed: the unit answers, and is neither the one nor the other.
	Mixed Outcome = "mixed"
	// Bricked: the unit does not answer.
	Bricked Outcome = "bricked"
	// Missed: the moment never came, so that nothing was disturbed and nothing was shown.
	Missed Outcome = "missed"
	// Void: the bench failed.
	Void Outcome = "void"
)

// Outcomes returns all, from good to bad.
func Outcomes() []Outcome { return []Outcome{Old, New, Recoverable, Mixed, Bricked, Missed, Void} }

// Result is what became of a point.
type Result struct {
	Point
	Outcome Outcome
	// Recovered says that a complete reflash has succeeded afterwards.
	Recovered bool
	// Wrong says why the outcome may not be; empty if it may.
	Wrong string
	// Unit is who answered in the end, Tester what the tester was told.
	Unit   string
	Tester string
	// Like is the point whose cut left the same, so that what followed there holds here; empty for one played to its end.
	Like string
}

// Failed says that the unit did what it must not do.
func (r Result) Failed() bool { return r.Wrong != "" }

// Proved says that the result says anything of the unit.
func (r Result) Proved() bool { return r.Outcome != Missed && r.Outcome != Void }

// judge says why an outcome may not be. An update that was not finished must leave the old software, one whose tester
// was told of the success the new one; in between both may be. Nothing may be left that cannot be mended.
func (r *Result) judge(t testimony) {
	switch {
	case !r.Proved():
	case r.Outcome == Bricked || r.Outcome == Mixed:
		r.Wrong = fmt.Sprintf("the unit is %s", r.Outcome)
	case !r.Recovered:
		r.Wrong = "a complete reflash does not mend the unit"
	case r.Outcome == New && !t.asked:
		r.Wrong = "the new software is permanent although nobody confirmed it"
	case r.Outcome != New && t.told:
		r.Wrong = "the tester was told that the new software is permanent, and it is not"
	}
}

// testimony is what tester and unit said to each other.
type testimony struct {
	asked bool // the tester asked to make the new software permanent
	told  bool // the unit said that it is
}
