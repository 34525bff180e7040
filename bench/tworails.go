package bench

import (
	"context"
	"errors"
	"fmt"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
)

// twoRails are a rail and the one that it can change over to, as a Player uses them. Both have their limits set and are on
// before the profile begins; one of them feeds.
type twoRails struct {
	feeds, other *Rail
	main         *Rail
	changeover   *Switch
}

func newTwoRails(r *Rail) *twoRails {
	c := r.config.Changeover
	return &twoRails{feeds: r, other: r.bench.Rail(c.Rail), main: r, changeover: r.bench.Switch(c.Switch)}
}

// ready energises the rail that does not feed.
func (t *twoRails) ready(ctx context.Context, v physic.ElectricPotential) error {
	return t.other.OnAt(ctx, v)
}

// Set implements profile.Output.
func (t *twoRails) Set(ctx context.Context, v physic.ElectricPotential) error {
	return t.set(ctx, t.feeds, v)
}

// Prepare implements profile.Rails.
func (t *twoRails) Prepare(ctx context.Context, v physic.ElectricPotential) error {
	return t.set(ctx, t.other, v)
}

func (t *twoRails) set(ctx context.Context, r *Rail, v physic.ElectricPotential) error {
	err := r.command(ctx, func(out *power.Output) error { return out.Set(ctx, v) })
	r.note("set", v.String(), err)
	return err
}

// Swap implements profile.Rails.
func (t *twoRails) Swap() error {
	var err error
	if t.feeds == t.main {
		err = t.changeover.CloseNow()
	} else {
		err = t.changeover.OpenNow()
	}
	if err == nil {
		t.feeds, t.other = t.other, t.feeds
	}
	return err
}

// Off implements profile.Output: both rails end off, and the changeover at rest, whatever fails.
func (t *twoRails) Off(ctx context.Context) error {
	second := t.other
	if second == t.main {
		second = t.feeds
	}
	return errors.Join(t.main.off(ctx), second.off(ctx), t.changeover.Rest())
}

// end leaves the main rail feeding at the voltage with which the profile ended, and the other one off.
func (t *twoRails) end(ctx context.Context) error {
	second := t.other
	if t.feeds != t.main {
		second = t.feeds
		s, err := t.main.bench.power.Channels[second.role].Settings(ctx)
		if err == nil {
			err = t.set(ctx, t.main, s.Voltage)
		}
		if err == nil {
			err = t.Swap()
		}
		if err != nil {
			return fmt.Errorf("change back from %s to %s: %w", second, t.main, errors.Join(err, t.Off(ctx)))
		}
	}
	return second.off(ctx)
}
