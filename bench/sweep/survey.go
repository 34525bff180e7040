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
}

// Survey carries a procedure out undisturbed on an open bench and lists the moments in it.
func (t Target) Survey(ctx context.Context, p Procedure) ([]Moment, error) {
	_, err := t.prepare(ctx)
	if err != nil {
		return nil, fmt.Errorf("survey %s: %w", p, err)
	}
	s := &surveyor{u: t.Unit, line: newLine(t.Unit), nth: map[string]int{}}
	defer t.Unit.OnProgress(func(at flash.Progress) { s.phase.Store(int64(at.Phase)) })()
	err = p.run(ctx, t.Unit, t.Next, func() {
		s.began = time.Now()
		t.Bench.Arm(trigger.Custom("survey", func() func(trigger.Observation) bool { return s.see }), trigger.Func("nothing", nil))
	})
	t.Bench.DisarmAll()
	if err != nil {
		return nil, fmt.Errorf("survey %s, undisturbed: %w", p, err)
	}
	return s.moments, nil
}
