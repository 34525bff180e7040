package power

import (
	"context"
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
	// Sequence loads the points and starts them, repeat times from 1. It returns once the instrument has taken them
	// without an error; when the last point is over the output goes back to the voltage that was set before.
	Sequence(ctx context.Context, points []Point, repeat int) error
	// StopSequence ends a sequence, or does nothing if none runs.
	StopSequence(ctx context.Context) error
}

// SequenceRange returns what Sequence can be given, false if the instrument has no sequencer.
func (o *Output) SequenceRange() (SequenceRange, bool) {
	s, ok := as[Sequencer](o.channel)
	if !ok {
		return SequenceRange{}, false
	}
	return s.SequenceRange(), true
}

// Sequence makes an instrument that can do so step through voltages by its own clock, see [Sequencer]. Every point is
// held to the limits before anything is said to the instrument. On, Set and Off end the sequence.
func (o *Output) Sequence(ctx context.Context, points []Point, repeat int) error {
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
		o.stepped = true
		return s.Sequence(ctx, points, repeat)
	})
	if err != nil {
		return fmt.Errorf("sequence on %v: %w", o.channel, err)
	}
	return nil
}

// stopSequence ends what an earlier command has started, so that it drives no voltage when the output is next on.
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
