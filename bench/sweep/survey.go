package sweep

import (
	"context"
	"fmt"
	"time"

	"otabench/bench"
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
func Survey(ctx context.Context, b *bench.Bench, pkg Packages, p Procedure) ([]Moment, error) {
	t, err := prepare(ctx, b, pkg)
	if err != nil {
		return nil, fmt.Errorf("survey %s: %w", p, err)
	}
	s := &surveyor{u: t.u, line: newLine(t.u), nth: map[string]int{}}
	defer t.u.OnProgress(func(at flash.Progress) { s.phase.Store(int64(at.Phase)) })()
	err = p.run(ctx, t.u, pkg.Next, func() {
		s.began = time.Now()
		t.b.Arm(trigger.Custom("survey", func() func(trigger.Observation) bool { return s.see }), trigger.Func("nothing", nil))
	})
	t.b.DisarmAll()
	if err != nil {
		return nil, fmt.Errorf("survey %s, undisturbed: %w", p, err)
	}
	return s.moments, nil
}
