package bench

import (
	"context"
	"fmt"
	"math"
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

// Settled is a voltage that stands still, with the extremes on the way to it as far as readings tell.
type Settled struct{ Voltage, Lowest, Highest physic.ElectricPotential }

// Settle waits until the rail measures a voltage between lo and hi that no longer moves.
func (r *Rail) Settle(ctx context.Context, lo, hi physic.ElectricPotential) (Settled, error) {
	limit, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	tick := time.NewTicker(look)
	defer tick.Stop()
	way := Settled{Lowest: math.MaxInt64, Highest: math.MinInt64}
	var low, high physic.ElectricPotential // since it stands still
	var since time.Time
	for {
		reading, source, err := r.Measure(ctx)
		if err != nil {
			return Settled{}, fmt.Errorf("measure %s with %s: %w", r.role, source, err)
		}
		v := reading.Voltage
		way = Settled{v, min(way.Lowest, v), max(way.Highest, v)}
		low, high = min(low, v), max(high, v)
		if since.IsZero() || high-low > flutter {
			low, high, since = v, v, reading.Time
		}
		if v >= lo && v <= hi && reading.Time.Sub(since) >= stillness {
			return way, nil
		}
		select {
		case <-tick.C:
		case <-limit.Done():
			return Settled{}, fmt.Errorf("%s measures %v by %s and does not settle at %v to %v: %w", r.role, v, source, lo, hi, limit.Err())
		}
	}
}
