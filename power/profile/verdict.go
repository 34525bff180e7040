package profile

import (
	"fmt"
	"time"

	"periph.io/x/conn/v3/physic"
)

// Verdict says how well a stimulus follows its curve, before the run or after it. They are in the order of severity;
// the zero value stands for nothing known.
type Verdict uint8

// Verdicts.
const (
	// Met: within the tolerance.
	Met Verdict = iota + 1
	// Approximated: outside the tolerance, by how much is known, and the shape is there.
	Approximated
	// NotMeasured: nobody can tell. Only after a run.
	NotMeasured
	// NotMet: the shape is not there; before a run it is impossible.
	NotMet
)

func (v Verdict) String() string {
	if int(v) >= len(verdicts()) {
		return fmt.Sprintf("Verdict(%d)", uint8(v))
	}
	return verdicts()[v]
}

func verdicts() []string {
	return []string{"unknown", "met", "approximated", "not measured", "not met"}
}

// Before is the verdict's word before a run.
func (v Verdict) Before() string {
	if v == NotMet {
		return "impossible"
	}
	return v.String()
}

// Void reports that nothing can be concluded from a test whose stimulus has this verdict.
func (v Verdict) Void() bool { return v != Met && v != Approximated }

// Finding is the verdict on one part of a curve.
type Finding struct {
	Verdict Verdict
	// Volts is the largest deviation from the level, Time that of an edge's duration, of a part's length or of its
	// place.
	Volts physic.ElectricPotential
	Time  time.Duration
	// Readings is how many were taken of the part; 0 before a run.
	Readings int
	// Reason is why it is not met.
	Reason string
}

func (f Finding) String() string {
	if f.Reason == "" {
		return f.Verdict.String()
	}
	return f.Verdict.String() + ": " + f.Reason
}

// worse keeps the more severe of two findings and the larger deviations of both.
func (f Finding) worse(other Finding) Finding {
	volts, elapsed := max(f.Volts, other.Volts), max(f.Time, other.Time)
	if other.Verdict > f.Verdict {
		other.Readings, f.Readings = f.Readings+other.Readings, 0
		f = other
	} else {
		f.Readings += other.Readings
	}
	f.Volts, f.Time = volts, elapsed
	return f
}

// Judgement has a finding for each segment of a curve.
type Judgement struct {
	Curve    *Curve
	Findings []Finding
}

// Verdict is that of the whole: its worst part's.
func (j Judgement) Verdict() Verdict {
	var worst Verdict
	for _, f := range j.Findings {
		if f.Verdict == 0 {
			return 0
		}
		worst = max(worst, f.Verdict)
	}
	return worst
}

// Row sums up the parts that repetitions make of one step.
type Row struct {
	Segment Segment // the first of them
	Count   int
	// Met counts those that are met.
	Met int
	Finding
}

// Rows sums the findings up by the steps of the profile, in their order.
func (j Judgement) Rows() []Row {
	index := map[int]int{}
	var rows []Row
	for i, f := range j.Findings {
		s := j.Curve.Segments[i]
		key := s.Origin<<1 | moves(s)
		at, ok := index[key]
		if !ok {
			at = len(rows)
			index[key] = at
			rows = append(rows, Row{Segment: s})
		}
		rows[at].Count++
		if f.Verdict == Met {
			rows[at].Met++
		}
		rows[at].Finding = rows[at].Finding.worse(f)
	}
	return rows
}

// moves is 1 for the way to a level and 0 for the level: one step makes both.
func moves(s Segment) int {
	if s.From != s.To {
		return 1
	}
	return 0
}
