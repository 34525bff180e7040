package bench

import (
	"context"
	"math"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/record"
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
	var until, written time.Time
	last, failing := math.Inf(1), false
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.kick:
			until = time.Now().Add(attention)
		case <-timer.C:
		}
		reading, source, err := r.Measure(ctx)
		now := time.Now()
		if err != nil && ctx.Err() == nil && !failing {
			r.bench.Fault(source, err)
		}
		failing = err != nil
		volts := float64(reading.Voltage) / float64(physic.Volt)
		if err == nil && (math.Abs(volts-last) >= step || now.Sub(written) >= still) {
			amps := float64(reading.Current) / float64(physic.Ampere)
			r.bench.opts.Record.AddAt(reading.Time, record.Sample{Rail: r.role, Volts: volts, Amps: amps, Source: source})
			last, written = volts, now
		}
		timer.Reset(r.pause(now.Before(until)))
	}
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
