package reports

import (
	"fmt"

	"otabench/bench/record"
)

// judge applies the decision rule to the specs, then to the run.
func (r *Run) judge() {
	for _, s := range r.Specs {
		s.judge()
		r.Totals.add(s.Verdict)
	}
	r.Status = r.Totals.verdict()
	if r.Sweep != nil {
		r.Status, r.Reason = r.Sweep.Verdict()
		r.judgeTrial()
	}
	r.Statistics = statistics(r.Specs)
	switch {
	case r.Incomplete != "":
		r.Status, r.Reason = Void, "The record is incomplete: "+r.Incomplete+"."
	case r.Unjudged != "":
		r.Status, r.Reason = Void, r.Unjudged
	case r.unproven() != "":
		r.Status, r.Reason = Void, r.unproven()
	case r.Totals.Specs == 0 && r.Sweep == nil:
		r.Reason = "No spec was planned."
	case r.Status == Failed:
	case r.outsideFault():
		r.Status, r.Reason = Void, "The bench was at fault, or lost frames, outside of specs."
	case r.Ended == string(record.Void):
		r.Status, r.Reason = Void, "The suite did not end in order, so the guard closed the record."
	case r.Status == Marginal && r.Ended == string(record.Passed):
	case r.Status != Passed && r.Status != Marginal && r.Sweep == nil:
	case r.Interrupted():
		r.Status, r.Reason = NotRun, "The run was interrupted."
	case r.Ended != string(record.Passed):
		r.Status, r.Reason = Void, fmt.Sprintf("All specs passed, yet the bench closed the record as %.40q.", r.Ended)
	}
}

// judgeTrial applies the verdict of the specs that were recorded around points, which cannot make a sweep any better.
func (r *Run) judgeTrial() {
	v := r.Totals.verdict()
	if r.Totals.Specs == 0 || v == Passed || r.Status == Void || v == NotRun && r.Status == Failed {
		return
	}
	if v != r.Status {
		r.Status, r.Reason = v, fmt.Sprintf("The trial is %s.", v)
	}
}

// outsideFault says whether the bench was at fault between specs.
func (r *Run) outsideFault() bool {
	for _, f := range r.Faults {
		if f.Spec == "" {
			return true
		}
	}
	for _, l := range r.Lost {
		if l.Spec == "" {
			return true
		}
	}
	return false
}

// judge applies the decision rule to one spec.
func (s *Spec) judge() {
	s.Verdict, s.Reasons = s.concluded()
	if s.Verdict == Passed || s.Verdict == Failed {
		s.measured()
	}
	if s.LostFrames > 0 {
		s.Reasons = append(s.Reasons, fmt.Sprintf("%d frames were lost", s.LostFrames))
		if s.Verdict == Passed || s.Verdict == Marginal {
			s.Verdict = Void
		}
	}
	for _, x := range s.Stimuli {
		if x.Void {
			s.Verdict = Void
			s.Reasons = append(s.Reasons, fmt.Sprintf("the stimulus %.60s on %.40s is %.40s", x.Profile, x.Rail, x.Verdict))
		}
	}
	for _, f := range s.Faults {
		s.Verdict = Void
		s.Reasons = append(s.Reasons, "bench fault: "+f.Device+": "+f.Text)
	}
}

// concluded is the verdict of how the spec began and ended.
func (s *Spec) concluded() (Verdict, []string) {
	switch {
	case s.Begun > s.Ended:
		return Aborted, []string{"begun and not ended"}
	case s.Ended == 0:
		return NotRun, []string{"planned and not begun"}
	}
	switch s.Outcome {
	case record.Passed:
		if s.Begun < s.Ended {
			return Void, []string{"ended without having begun"}
		}
		return Passed, nil
	case record.Failed:
		return Failed, []string{s.message("failed")}
	case record.Aborted:
		return Aborted, []string{s.message("interrupted")}
	case record.NotRun:
		return NotRun, []string{s.message("skipped")}
	case record.Void:
		return Void, []string{s.message("bench fault")}
	}
	return Void, []string{fmt.Sprintf("unknown outcome %.40q", s.Outcome)}
}

func (s *Spec) message(otherwise string) string {
	if s.Message != "" {
		return s.Message
	}
	return otherwise
}

// measured fails the spec for each measurement outside of its limits, and makes it marginal for one too near to them.
func (s *Spec) measured() {
	for _, m := range s.Measurements {
		switch Measured(m) {
		case Failed:
			s.Verdict = Failed
			s.Reasons = append(s.Reasons, fmt.Sprintf("%s = %g %s is outside its limits (%s)", m.Name, m.Value, m.Unit, Limits(m)))
		case Marginal:
			if s.Verdict == Passed {
				s.Verdict = Marginal
			}
			s.Reasons = append(s.Reasons, fmt.Sprintf("%s = %g %s is nearer to its limits (%s) than its uncertainty of %g %s",
				m.Name, m.Value, m.Unit, Limits(m), *m.Uncertainty, m.Unit))
		}
	}
}
