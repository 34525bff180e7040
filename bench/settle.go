package bench

import (
	"context"
	"fmt"
	"time"

	"periph.io/x/conn/v3/physic"
)

const (
	// stillness is how long a voltage has to stand still to count as settled, and flutter how far it may move meanwhile.
	stillness = 20 * time.Millisecond
	flutter   = 5 * physic.MilliVolt
)

// Sensed reports whether a sensor measures the rail at its terminals. Without one, what the unit sees is not known.
func (r *Rail) Sensed() bool { return r.sensor != nil }

// Highest returns the largest voltage that the rail may be set to.
func (r *Rail) Highest() physic.ElectricPotential { return r.config.Limits.Voltage }

// Settle waits until the rail measures a voltage between lo and hi that no longer moves, and returns it.
func (r *Rail) Settle(ctx context.Context, lo, hi physic.ElectricPotential) (physic.ElectricPotential, error) {
	limit, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	tick := time.NewTicker(look)
	defer tick.Stop()
	var low, high physic.ElectricPotential
	var since time.Time
	for {
		reading, source, err := r.Measure(ctx)
		if err != nil {
			return 0, fmt.Errorf("measure %s with %s: %w", r.role, source, err)
		}
		v := reading.Voltage
		low, high = min(low, v), max(high, v)
		if since.IsZero() || high-low > flutter {
			low, high, since = v, v, reading.Time
		}
		if v >= lo && v <= hi && reading.Time.Sub(since) >= stillness {
			return v, nil
		}
		select {
		case <-tick.C:
		case <-limit.Done():
			return 0, fmt.Errorf("%s measures %v by %s and does not settle at %v to %v: %w", r.role, v, source, lo, hi, limit.Err())
		}
	}
}
