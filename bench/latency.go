package bench

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/record"
	"otabench/bench/trigger"
)

// ErrNoLatency: a rail has no switch or no sensor, so there is nothing to measure a latency of or with.
var ErrNoLatency = errors.New("a latency needs a switch in the line and a sensor behind it")

// everything is what every line matches.
var everything = regexp.MustCompile("")

const (
	// repeats is how often each latency is measured.
	repeats = 10
	// edgeLook is the time between two readings while an edge is awaited; a sensor has a new one every millisecond.
	edgeLook = 250 * time.Microsecond
	// lowered is the voltage, in parts of the nominal one, to which the supply is set for its own latency.
	lowered = 0.8
)

// MeasureLatency measures the rail's own latencies at the terminals, at the nominal voltage and 20 % below it: from a
// trigger's moment to the switch having been commanded and to the voltage having fallen by 10 %, from the command to close
// to 90 % of it, from the command to the supply to half of the step. It energises the rail and with it whatever hangs on
// it, cuts it 10 times and leaves it off. The error is ErrNoLatency for a rail that has none.
func (r *Rail) MeasureLatency(ctx context.Context) (l record.Latency, err error) {
	if r.contact == nil || r.sensor == nil {
		return l, fmt.Errorf("rail %s: %w", r.role, ErrNoLatency)
	}
	defer func() { err = errors.Join(err, r.Off(context.WithoutCancel(ctx))) }()
	if err := r.On(ctx); err != nil {
		return l, err
	}
	nominal := r.config.Nominal
	var command, open, closed, fall, rise []time.Duration
	for range repeats {
		if err := r.Await(ctx, nominal-nominal/20, r.ceiling()); err != nil {
			return l, err
		}
		firing := r.fireCut()
		if firing.Err != nil {
			return l, firing.Err
		}
		command = append(command, firing.Latency)
		if open, err = r.edge(ctx, open, firing.At, below(nominal-nominal/10)); err != nil {
			return l, err
		}
		if err := r.AwaitDead(ctx); err != nil {
			return l, err
		}
		start := time.Now()
		if err := r.make(); err != nil {
			return l, err
		}
		if closed, err = r.edge(ctx, closed, start, above(nominal-nominal/10)); err != nil {
			return l, err
		}
	}
	low := physic.ElectricPotential(lowered * float64(nominal))
	half := (nominal + low) / 2
	for range repeats {
		if fall, err = r.setAndSee(ctx, fall, low, below(half)); err != nil {
			return l, err
		}
		if rise, err = r.setAndSee(ctx, rise, nominal, above(half)); err != nil {
			return l, err
		}
	}
	return record.Latency{
		Rail: r.role, Repeats: repeats,
		Command: spread(command), Open: spread(open), Close: spread(closed), Fall: spread(fall), Rise: spread(rise),
	}, nil
}

// fireCut cuts the rail by a trigger whose moment is now.
func (r *Rail) fireCut() trigger.Firing {
	const nowhere = "latency"
	t := r.bench.Arm(trigger.LineOf(nowhere, everything), r.Cut(0))
	r.bench.triggers.Observe(trigger.Observation{Kind: trigger.Line, Time: time.Now(), Source: nowhere})
	f, _ := t.Firing() // the action runs before Observe returns
	return f
}

// setAndSee adds the time from a command to the supply to its effect.
func (r *Rail) setAndSee(ctx context.Context, all []time.Duration, v physic.ElectricPotential,
	reached func(physic.ElectricPotential) bool,
) ([]time.Duration, error) {
	start := time.Now()
	if err := r.Set(ctx, v); err != nil {
		return nil, err
	}
	return r.edge(ctx, all, start, reached)
}

// edge adds the time from start to the first reading that has reached something.
func (r *Rail) edge(ctx context.Context, all []time.Duration, start time.Time,
	reached func(physic.ElectricPotential) bool,
) ([]time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	tick := time.NewTicker(edgeLook)
	defer tick.Stop()
	for {
		reading, err := r.sensor.Sense(ctx)
		if err != nil {
			return nil, fmt.Errorf("await an edge of %s: %w", r.role, err)
		}
		if reached(reading.Voltage) {
			return append(all, reading.Time.Sub(start)), nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("await an edge of %s: it stays at %v: %w", r.role, reading.Voltage, ctx.Err())
		}
	}
}

func below(level physic.ElectricPotential) func(physic.ElectricPotential) bool {
	return func(v physic.ElectricPotential) bool { return v < level }
}

func above(level physic.ElectricPotential) func(physic.ElectricPotential) bool {
	return func(v physic.ElectricPotential) bool { return v > level }
}

func spread(all []time.Duration) record.Spread {
	slices.Sort(all)
	return record.Spread{Min: all[0], Median: all[len(all)/2], Max: all[len(all)-1]}
}
