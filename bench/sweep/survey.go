package sweep

import (
	"context"
	"fmt"
	"time"

	"otabench/bench/trigger"
	"otabench/ecu/flash"
)

// Moment is an offset that an undisturbed procedure came by.
type Moment struct {
	Phase  string
	Offset Offset
	// Length is how long a flash operation takes; 0 for frames.
	Length time.Duration
	// At is the time since the procedure's beginning.
	At time.Duration
	// Again says that a request was refused because the unit was busy, or sent again after that.
	Again bool
}

// Survey carries a procedure out undisturbed on an open bench and lists the moments in it. A unit that fails without being
// disturbed is a Result; the error is the bench's.
func (t Target) Survey(ctx context.Context, p Procedure) ([]Moment, *Result, error) {
	one, err := t.prepare(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("survey %s: %w", p, err)
	}
	s := &surveyor{u: t.Unit, line: newLine(t.Unit), nth: map[string]int{}}
	defer t.Unit.OnProgress(func(at flash.Progress) { s.phase.Store(int64(at.Phase)) })()
	err = p.run(ctx, t.Unit, t.Next, func() {
		s.began = time.Now()
		t.Bench.Arm(trigger.Custom("survey", func() func(trigger.Observation) bool { return s.see }), trigger.Func("nothing", nil))
	})
	t.Bench.DisarmAll()
	if err == nil {
		return s.moments, nil, nil
	}
	if f := t.Bench.TakeFaults(); len(f) > 0 {
		return nil, nil, fmt.Errorf("survey %s: the bench failed: %s: %s", p, f[0].Device, f[0].Text)
	}
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	failed := &Result{Point: Point{Procedure: p, Fault: Undisturbed}, Tester: err.Error()}
	one.conclude(ctx, failed)
	failed.Wrong = "it fails undisturbed: " + err.Error()
	return nil, failed, nil
}

// Undisturbed is the fault of a point at which nothing was done to the unit.
const Undisturbed = "none"

// SurveyAndMend is Survey on a bench that goes on to be used: the unit gets its current software again.
func (t Target) SurveyAndMend(ctx context.Context, p Procedure) (Surveyed, error) {
	s := Surveyed{Procedure: p}
	began := time.Now()
	var err error
	if s.Moments, s.Failed, err = t.Survey(ctx, p); err != nil || s.Failed != nil {
		return s, err
	}
	s.Length = time.Since(began)
	one, err := t.prepare(ctx)
	if err != nil {
		return s, fmt.Errorf("after the survey of %s: %w", p, err)
	}
	if err := one.reflash(ctx, one.before); err != nil {
		return s, fmt.Errorf("after the survey of %s: %w", p, err)
	}
	s.Cost = time.Since(began)
	return s, nil
}
