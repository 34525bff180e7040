package bench

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
)

// Energy is what a rail delivered over a stretch of time.
type Energy struct {
	// Joules is the integral of voltage times current, by trapezoids between readings.
	Joules float64
	// Uncertainty is how far Joules may be off if the power between two readings was never outside of both, in joules.
	// That of the sensor itself comes on top.
	Uncertainty float64
	Duration    time.Duration
	Readings    int
	Gap         time.Duration // longest time between two readings
	Source      string        // what measured
}

// WattHours returns the energy in Wh.
func (e Energy) WattHours() float64 { return e.Joules / 3600 }

func (e Energy) String() string {
	return fmt.Sprintf("%.4g Wh ± %.2g Wh in %v", e.WattHours(), e.Uncertainty/3600, e.Duration)
}

// MeterEnergy reads the rail every period, from now until the returned function is called. Its error is that of the
// first reading that failed.
func (r *Rail) MeterEnergy(ctx context.Context, period time.Duration) (stop func() (Energy, error)) {
	ctx, cancel := context.WithCancel(ctx)
	var sum integral
	var failed error
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(period)
		defer tick.Stop()
		for failed == nil {
			failed = r.read(context.WithoutCancel(ctx), &sum)
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return sync.OnceValues(func() (Energy, error) {
		cancel()
		<-done
		if failed == nil {
			failed = r.read(context.WithoutCancel(ctx), &sum) // to the very end
		}
		return sum.Energy, failed
	})
}

func (r *Rail) read(ctx context.Context, sum *integral) error {
	reading, source, err := r.Measure(ctx)
	if err != nil {
		return fmt.Errorf("meter the energy of %s with %s: %w", r.role, source, err)
	}
	sum.add(reading)
	sum.Source = source
	return nil
}

// integral adds readings up.
type integral struct {
	Energy
	last  time.Time
	watts float64 // of the last reading
}

func (i *integral) add(reading power.Reading) {
	watts := float64(reading.Voltage) / float64(physic.Volt) * float64(reading.Current) / float64(physic.Ampere)
	if i.Readings > 0 {
		gap := reading.Time.Sub(i.last)
		i.Joules += (watts + i.watts) / 2 * gap.Seconds()
		i.Uncertainty += math.Abs(watts-i.watts) / 2 * gap.Seconds()
		i.Duration += gap
		i.Gap = max(i.Gap, gap)
	}
	i.last, i.watts = reading.Time, watts
	i.Readings++
}
