package power

import (
	"context"
	"errors"
	"fmt"
	"time"

	"periph.io/x/conn/v3/physic"
)

// Point is one step of a sequence.
type Point struct {
	Voltage physic.ElectricPotential
	// Dwell is how long the output stays at Voltage before the next step.
	Dwell time.Duration
}

// SequenceRange is what a Sequencer can be given.
type SequenceRange struct {
	// Points is the largest number of points, Repeats the largest number of runs.
	Points, Repeats int
	// MinDwell and MaxDwell bound each dwell, Resolution is the step between two dwells.
	MinDwell, MaxDwell, Resolution time.Duration
}

// Check says what of a sequence is outside the range. Its error is ErrLimit.
func (r SequenceRange) Check(points []Point, repeat int) error {
	switch {
	case len(points) == 0 || len(points) > r.Points:
		return fmt.Errorf("a sequence of %d points: %w: the instrument takes 1 to %d", len(points), ErrLimit, r.Points)
	case repeat < 1 || repeat > r.Repeats:
		return fmt.Errorf("a sequence repeated %d times: %w: the instrument takes 1 to %d", repeat, ErrLimit, r.Repeats)
	}
	for i, p := range points {
		if p.Dwell < r.MinDwell || p.Dwell > r.MaxDwell || p.Dwell%r.Resolution != 0 {
			return fmt.Errorf("point %d of the sequence, %v: %w: the instrument dwells %v to %v in steps of %v",
				i+1, p.Dwell, ErrLimit, r.MinDwell, r.MaxDwell, r.Resolution)
		}
	}
	return nil
}

// Sequencer is a Channel that steps through voltages by its own clock, free of the jitter of a link (list mode, arbitrary
// mode). The current limit and the protections are those of the channel; the output is not switched.
type Sequencer interface {
	SequenceRange() SequenceRange
	// LoadSequence gives the instrument the points and makes it ready to run them, repeat times from 1. It returns once the
	// instrument has taken them without an error. The output stays as it is, and its voltage can still be set.
	LoadSequence(ctx context.Context, points []Point, repeat int) error
	// StartSequence runs what was loaded and does not wait for its end. When the last point is over the output goes back to
	// the voltage that was set before.
	StartSequence(ctx context.Context) error
	// StopSequence ends a sequence and takes back what was loaded, or does nothing if there is none.
	StopSequence(ctx context.Context) error
}

// sequencing is what has become of a sequence. It belongs to whoever has the output's turn.
type sequencing uint8

const (
	noSequence sequencing = iota
	loaded
	started // and perhaps over
)

// SequenceRange returns what LoadSequence can be given, false if the instrument has no sequencer.
func (o *Output) SequenceRange() (SequenceRange, bool) {
	s, ok := as[Sequencer](o.channel)
	if !ok {
		return SequenceRange{}, false
	}
	return s.SequenceRange(), true
}

// LoadSequence makes an instrument that can do so ready to step through voltages by its own clock, see [Sequencer]. Every
// point is held to the limits before anything is said to the instrument.
func (o *Output) LoadSequence(ctx context.Context, points []Point, repeat int) error {
	s, ok := as[Sequencer](o.channel)
	if !ok {
		return fmt.Errorf("sequence on %v: %w: the instrument cannot step through voltages by itself", o.channel, ErrLimit)
	}
	if err := s.SequenceRange().Check(points, repeat); err != nil {
		return fmt.Errorf("sequence on %v: %w", o.channel, err)
	}
	for i, p := range points {
		if err := o.within(p.Voltage); err != nil {
			return fmt.Errorf("sequence on %v: point %d, %v: %w", o.channel, i+1, p.Voltage, err)
		}
	}
	err := o.change(ctx, points[0].Voltage, func(ctx context.Context, _ physic.ElectricPotential) error {
		o.sequence = started // until the instrument has taken it, who knows
		err := s.LoadSequence(ctx, points, repeat)
		if err == nil {
			o.sequence = loaded
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("load a sequence on %v: %w", o.channel, err)
	}
	return nil
}

// ErrNoSequence: nothing was loaded, or something has ended it since.
var ErrNoSequence = errors.New("no sequence is loaded")

// StartSequence runs the sequence that was loaded and does not wait for its end. On, Set and Off end it; On and Off also
// take back one that was not started.
func (o *Output) StartSequence(ctx context.Context) error {
	s, ok := as[Sequencer](o.channel)
	if !ok {
		return fmt.Errorf("start a sequence on %v: %w", o.channel, ErrNoSequence)
	}
	err := o.change(ctx, floor(o.channel), func(ctx context.Context, _ physic.ElectricPotential) error {
		if o.sequence != loaded {
			return ErrNoSequence
		}
		o.sequence = started
		return s.StartSequence(ctx)
	})
	if err != nil {
		return fmt.Errorf("start the sequence on %v: %w", o.channel, err)
	}
	return nil
}

// stopSequence ends what an earlier command has started or loaded, so that it drives no voltage when the output is next on.
func stopSequence(ctx context.Context, ch Channel) error {
	s, ok := as[Sequencer](ch)
	if !ok {
		return nil
	}
	if err := s.StopSequence(ctx); err != nil {
		return fmt.Errorf("stop the sequence of %v: %w", ch, err)
	}
	return nil
}
