package scpi

import (
	"context"
	"fmt"

	"otabench/power"
)

// sequence is how an instrument steps through voltages by its own clock.
type sequence struct {
	limits power.SequenceRange
	load   func(ctx context.Context, c *channel, points []power.Point, repeat int) error
	start  string
	stop   []string
}

// sequencer is a channel that can do so.
type sequencer struct{ *channel }

var _ power.Sequencer = (*sequencer)(nil)

// SequenceRange implements power.Sequencer.
func (s *sequencer) SequenceRange() power.SequenceRange { return s.sequence.limits }

// LoadSequence implements power.Sequencer.
func (s *sequencer) LoadSequence(ctx context.Context, points []power.Point, repeat int) error {
	if err := s.sequence.limits.Check(points, repeat); err != nil {
		return err
	}
	for i, p := range points {
		if p.Voltage < 0 || p.Voltage > s.rating.voltage {
			return fmt.Errorf("point %d, %v: %w: the output is rated %v", i+1, p.Voltage, power.ErrLimit, s.rating.voltage)
		}
	}
	return s.sequence.load(ctx, s.channel, points, repeat)
}

// StartSequence implements power.Sequencer.
func (s *sequencer) StartSequence(ctx context.Context) error {
	return s.change(ctx, s.sequence.start, "")
}

// StopSequence implements power.Sequencer.
func (s *sequencer) StopSequence(ctx context.Context) error {
	for _, template := range s.sequence.stop {
		if err := s.supply.session.change(ctx, fill(template, s.n, "")); err != nil {
			return err
		}
	}
	return nil
}
