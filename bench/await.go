package bench

import (
	"context"
	"fmt"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
)

const (
	// dead is the voltage below which a rail counts as off: no ECU runs on it.
	dead = physic.Volt
	// settling bounds how long a rail may take to reach a voltage.
	settling = 10 * time.Second
	// look is the time between two readings meanwhile. A meter gives no event.
	look = 2 * time.Millisecond
)

// AwaitDead waits until the rail's terminals have discharged.
func (r *Rail) AwaitDead(ctx context.Context) error { return r.Await(ctx, -physic.Volt, dead) }

// Await waits until the rail measures a voltage between lo and hi. A supply's own meter is not believed before it must
// have refreshed since the output was last commanded: it may still show what was before.
func (r *Rail) Await(ctx context.Context, lo, hi physic.ElectricPotential) error {
	ctx, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		reading, source, err := r.Measure(ctx)
		if err != nil {
			return fmt.Errorf("measure %s with %s: %w", r.role, source, err)
		}
		if reading.Voltage >= lo && reading.Voltage <= hi && r.fresh(reading) {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s measures %v by %s and not %v to %v: %w", r.role, reading.Voltage, source, lo, hi, ctx.Err())
		}
	}
}

// fresh reports whether a reading cannot be from before the last command.
func (r *Rail) fresh(reading power.Reading) bool {
	if r.sensor != nil {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return reading.Time.Sub(r.noted) > meterPeriod+meterPeriod/10 // few keep their period exactly
}

// ceiling is what an energised rail stays below: the level of its overvoltage protection, or 10 % above its limit where the
// supply has none.
func (r *Rail) ceiling() physic.ElectricPotential {
	l := r.config.Limits
	if l.OVP > 0 {
		return l.OVP
	}
	return l.Voltage + l.Voltage/10
}

// CutNow opens the rail's switch at once, and closes it again after the given time.
func (r *Rail) CutNow(d time.Duration) error { return r.cut(d) }
