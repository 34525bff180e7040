package sampling

import (
	"context"
	"time"

	"otabench/power"
)

// Period is the time between readings unless another is asked for: 1 kHz.
const Period = time.Millisecond

// Gap is the time without a reading that counts as a gap.
const Gap = 5 * time.Millisecond

// Options say how a sensor is read.
type Options struct {
	// Period is the time between readings; zero stands for [Period].
	Period time.Duration
	// Simulated has the readings follow package time, which may be virtual, and not the kernel's clock.
	Simulated bool
	// Each is given each reading, on the goroutine that reads: it must be short.
	Each func(power.Reading)
	// Failed is given the error of the first of several readings that fail in a row.
	Failed func(error)
}

// Stats are what became of the readings.
type Stats struct {
	Readings uint64
	// Gaps counts the times of more than Gap between two readings, or five periods if that is longer.
	Gaps uint64
	// Longest is the longest time between two readings.
	Longest time.Duration
	// Span is the time from the first reading to the last.
	Span time.Duration
}

// Rate is the mean number of readings in a second, 0 for less than two readings.
func (s Stats) Rate() float64 {
	if s.Span <= 0 {
		return 0
	}
	return float64(s.Readings-1) / s.Span.Seconds()
}

// Sampler reads a sensor until it is stopped.
type Sampler struct {
	sensor power.Sensor
	opts   Options
	pace   pace
	cancel context.CancelFunc
	done   chan struct{}

	first, last time.Time
	stats       Stats
}

// pace waits for the moments of a grid.
type pace interface {
	// next returns at the next moment, and false when the pace has been stopped.
	next() bool
	stop()
}

// Start begins to read a sensor.
func Start(sensor power.Sensor, opts Options) *Sampler {
	if opts.Period <= 0 {
		opts.Period = Period
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Sampler{sensor: sensor, opts: opts, pace: newPace(opts), cancel: cancel, done: make(chan struct{})}
	go s.run(ctx)
	return s
}

// Stop ends the readings and says what became of them.
func (s *Sampler) Stop() Stats {
	s.cancel()
	s.pace.stop()
	<-s.done
	return s.stats
}

func (s *Sampler) run(ctx context.Context) {
	defer close(s.done)
	failing := false
	for s.pace.next() {
		r, err := s.sensor.Sense(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			s.count(r.Time)
			s.opts.Each(r)
		case !failing:
			s.opts.Failed(err)
		}
		failing = err != nil
	}
}

func (s *Sampler) count(at time.Time) {
	if s.stats.Readings++; s.stats.Readings == 1 {
		s.first, s.last = at, at
		return
	}
	between := at.Sub(s.last)
	s.stats.Longest = max(s.stats.Longest, between)
	if between > max(Gap, 5*s.opts.Period) {
		s.stats.Gaps++
	}
	s.last = at
	s.stats.Span = at.Sub(s.first)
}

// newPace chooses the clock.
func newPace(o Options) pace {
	if !o.Simulated {
		if p, err := kernelPace(o.Period); err == nil {
			return p
		}
	}
	return &ticks{ticker: time.NewTicker(o.Period), stopped: make(chan struct{})}
}

// ticks is a pace by package time, whose tickers keep to their grid too.
type ticks struct {
	ticker  *time.Ticker
	stopped chan struct{}
}

func (t *ticks) next() bool {
	select {
	case <-t.stopped:
		return false
	case <-t.ticker.C:
		return true
	}
}

func (t *ticks) stop() {
	t.ticker.Stop()
	close(t.stopped)
}
