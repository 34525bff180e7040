package bench

import (
	"context"
	"math"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/record"
	"otabench/power"
)

const (
	// calm and close are the times between readings of a rail: while nothing happens, and after a change of its setting.
	calm    = 50 * time.Millisecond
	closeUp = time.Millisecond
	// attention is how long a rail is read closely after a change.
	attention = 80 * time.Millisecond
	// meterPeriod is the time between readings of an instrument's own meter, which few refresh faster.
	meterPeriod = time.Second
	// step is the change of voltage that is worth an entry, and still the longest time without one.
	step  = 0.02
	still = time.Second
)

// watch samples the rail into the record until the returned function is called.
func (r *Rail) watch() (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.sample(ctx)
	}()
	return func() error {
		cancel()
		<-done
		return nil
	}
}

func (r *Rail) sample(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	var until time.Time
	curve := curve{rail: r, last: math.Inf(1)}
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.kick:
			until = time.Now().Add(attention)
		case <-timer.C:
		}
		reading, source, err := r.Measure(ctx)
		switch {
		case err == nil:
			curve.add(reading, source)
		case ctx.Err() == nil && !failing:
			r.bench.Fault(source, err)
		}
		failing = err != nil
		timer.Reset(r.pause(time.Now().Before(until)))
	}
}

// curve thins readings out to what draws the same curve.
type curve struct {
	rail    *Rail
	last    float64 // voltage that was written last
	written time.Time
	held    *record.Sample // the latest reading, if it was not written
	at      time.Time      // of held
}

func (c *curve) add(reading power.Reading, source string) {
	s := record.Sample{
		Rail: c.rail.role, Source: source,
		Volts: float64(reading.Voltage) / float64(physic.Volt), Amps: float64(reading.Current) / float64(physic.Ampere),
	}
	changed := math.Abs(s.Volts-c.last) >= step
	if !changed && reading.Time.Sub(c.written) < still {
		c.held, c.at = &s, reading.Time
		return
	}
	if changed && c.held != nil {
		// The voltage stood still until here; without this point the curve would slope.
		c.rail.bench.opts.Record.AddAt(c.at, *c.held)
	}
	c.rail.bench.opts.Record.AddAt(reading.Time, s)
	c.last, c.written, c.held = s.Volts, reading.Time, nil
}

func (r *Rail) pause(close bool) time.Duration {
	switch {
	case r.sensor == nil:
		return meterPeriod
	case close:
		return closeUp
	}
	return calm
}
