package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/record"
	"otabench/bench/uncertainty"
	"otabench/power"
	"otabench/power/sampling"
)

// follower is told of each reading of a rail.
type follower struct{ f func(power.Reading) }

// follow calls f for each reading of the rail's sampling from now on, on the sampling path, until the returned function is
// called; f is not called any more when that has returned. f must not block. What is measured so lies in the rail's CSV file, and can be derived from it again.
func (r *Rail) follow(f func(power.Reading)) (stop func()) {
	one := &follower{f}
	r.mu.Lock()
	r.followers = append(slices.Clone(r.followers), one)
	r.mu.Unlock()
	return func() {
		r.telling.Lock()
		defer r.telling.Unlock()
		r.mu.Lock()
		defer r.mu.Unlock()
		r.followers = slices.DeleteFunc(slices.Clone(r.followers), func(o *follower) bool { return o == one })
	}
}

// tell is called for each reading.
func (r *Rail) tell(reading power.Reading) {
	r.telling.Lock()
	defer r.telling.Unlock()
	r.mu.Lock()
	all := r.followers
	r.failing = nil
	r.mu.Unlock()
	for _, one := range all {
		one.f(reading)
	}
}

func (r *Rail) failed(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failing = err
}

// Sensed is a voltage at a rail's terminals that the sampling has read.
type Sensed struct {
	Voltage physic.ElectricPotential
	Time    time.Time
	Quantity
}

// sensed is what one reading says.
func (r *Rail) sensed(reading power.Reading, function string, from, to time.Time) Sensed {
	source, _, _ := r.source()
	volts := float64(reading.Voltage) / float64(physic.Volt)
	return Sensed{
		Voltage: reading.Voltage, Time: reading.Time,
		Quantity: Quantity{
			Value: volts, Unit: "V", Source: source, Uncertainty: r.metering().ofVoltage(volts),
			Basis: &record.Basis{
				Function: function, Subject: r.role, From: r.bench.opts.Record.Since(from), To: r.bench.opts.Record.Since(to),
			},
		},
	}
}

// readingTime bounds how long a reading may take to come: that of a supply's own meter comes each second.
const readingTime = 5 * time.Second

// Terminals waits for the next reading of the rail's sampling.
func (r *Rail) Terminals(ctx context.Context) (Sensed, error) {
	return r.Reach(ctx, math.MinInt64, math.MaxInt64)
}

// Reach waits for the next reading between lo and hi, at most 10 s.
func (r *Rail) Reach(ctx context.Context, lo, hi physic.ElectricPotential) (Sensed, error) {
	within := settling
	if lo == math.MinInt64 && hi == math.MaxInt64 {
		within = readingTime
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	found := make(chan power.Reading, 1)
	last := make(chan power.Reading, 1)
	stop := r.follow(func(reading power.Reading) {
		if reading.Voltage >= lo && reading.Voltage <= hi {
			select {
			case found <- reading:
			default:
			}
			return
		}
		select {
		case <-last:
		default:
		}
		last <- reading
	})
	defer stop()
	select {
	case reading := <-found:
		return r.sensed(reading, record.LowestVoltage, reading.Time, reading.Time), nil
	case <-ctx.Done():
	}
	source, _, _ := r.source()
	select {
	case reading := <-last:
		return Sensed{}, fmt.Errorf("%s measures %v by %s and not %v to %v: %w", r.role, reading.Voltage, source, lo, hi, ctx.Err())
	default:
		return Sensed{}, fmt.Errorf("measure %s with %s: %w", r.role, source, r.unread(ctx.Err()))
	}
}

// unread is the error for a rail that nobody has read.
func (r *Rail) unread(err error) error {
	return errors.Join(errors.New("no reading came"), err, r.unreadable())
}

// unreadable is why the last reading failed, nil if it did not.
func (r *Rail) unreadable() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failing
}

// Extremes follows the rail for d, and returns the lowest and the highest voltage that were read.
func (r *Rail) Extremes(ctx context.Context, d time.Duration) (lowest, highest Sensed, err error) {
	var low, high, last power.Reading
	var first time.Time
	stop := r.follow(func(reading power.Reading) {
		if first.IsZero() {
			first, low, high = reading.Time, reading, reading
		}
		if reading.Voltage < low.Voltage {
			low = reading
		}
		if reading.Voltage > high.Voltage {
			high = reading
		}
		last = reading
	})
	select {
	case <-time.After(d):
	case <-ctx.Done():
		err = ctx.Err()
	}
	stop()
	if err == nil && first.IsZero() {
		source, _, _ := r.source()
		err = fmt.Errorf("measure %s with %s: %w", r.role, source, r.unread(nil))
	}
	if err != nil {
		return Sensed{}, Sensed{}, err
	}
	return r.sensed(low, record.LowestVoltage, first, last.Time), r.sensed(high, record.HighestVoltage, first, last.Time), nil
}

// FrameToVoltage is the time from a frame of a bus, at a moment, to a reading of the rail, in s. The voltage came to what was
// read somewhere between that reading and the one before.
func (r *Rail) FrameToVoltage(bus string, at time.Time, reached Sensed) Quantity {
	_, _, opts := r.source()
	period := cmp.Or(opts.Period, sampling.Period)
	u := uncertainty.Expand(uncertainty.Within(period.Seconds()), uncertainty.Expanded(r.bench.StampUncertainty(bus).Seconds()))
	since := r.bench.opts.Record.Since
	return Quantity{
		Value: reached.Time.Sub(at).Seconds(), Unit: "s", Source: reached.Source, Uncertainty: new(rounded(u)),
		Basis: &record.Basis{Function: record.FrameToVoltage, Subject: r.role, From: since(at), To: since(reached.Time)},
	}
}

// Middle is the mean of two readings between which a voltage lies, and Apart how far apart they are. Half of that adds to
// the uncertainty of the mean.
func (r *Rail) Middle(a, b Sensed) (middle, apart Quantity) {
	from, to := a.Time, b.Time
	if to.Before(from) {
		from, to = to, from
	}
	middle, apart = a.Quantity, a.Quantity
	middle.Value, apart.Value = (a.Value+b.Value)/2, math.Abs(a.Value-b.Value)
	since := r.bench.opts.Record.Since
	middle.Basis = &record.Basis{Function: record.MiddleVoltage, Subject: r.role, From: since(from), To: since(to)}
	apart.Basis = &record.Basis{Function: record.VoltageDifference, Subject: r.role, From: since(from), To: since(to)}
	apart.Uncertainty = nil
	if a.Uncertainty != nil {
		middle.Uncertainty = new(rounded(uncertainty.Expand(uncertainty.Step(apart.Value), uncertainty.Expanded(*a.Uncertainty))))
	}
	return middle, apart
}
