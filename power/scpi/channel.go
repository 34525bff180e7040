package scpi

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
)

// channel is one output of an instrument, in its dialect.
type channel struct {
	supply *supply
	n      int
	rating rating
	*dialect
}

var (
	_ power.Channel = (*channel)(nil)
	_ power.Guarded = (*channel)(nil)
	_ power.Floored = (*channel)(nil)
)

func (c *channel) String() string { return fmt.Sprintf("CH%d of %v", c.n, c.supply) }

// Rating implements power.Channel.
func (c *channel) Rating() (physic.ElectricPotential, physic.ElectricCurrent) {
	return c.rating.voltage, c.rating.current
}

// Floor implements power.Floored.
func (c *channel) Floor() physic.ElectricPotential { return c.rating.floor }

// Protections implements power.Guarded.
func (c *channel) Protections() (ovp, ocp power.Protection) { return c.ovp.kind(), c.ocp.kind() }

// change sends a command, and the instrument's errors are read.
func (c *channel) change(ctx context.Context, template, value string) error {
	return c.supply.session.change(ctx, c.command(template, c.n, value))
}

// ask sends a question.
func (c *channel) ask(ctx context.Context, template string, parse func(string) error) error {
	_, err := query(ctx, c.supply.session, c.command(template, c.n, ""), func(reply string) (struct{}, error) {
		return struct{}{}, parse(reply)
	})
	return err
}

// SetVoltage implements power.Channel.
func (c *channel) SetVoltage(ctx context.Context, v physic.ElectricPotential) error {
	return set(ctx, c, c.voltage, v, power.VoltageTolerance)
}

// SetCurrent implements power.Channel.
func (c *channel) SetCurrent(ctx context.Context, i physic.ElectricCurrent) error {
	return set(ctx, c, c.current, i, power.CurrentTolerance)
}

// set programs a value. An instrument that has no errors to read is asked what it holds.
func set[Q interface {
	~int64
	fmt.Stringer
}](ctx context.Context, c *channel, s setting, q, tolerance Q,
) error {
	if err := c.change(ctx, s.set, s.format(int64(q))); err != nil || c.supply.model.wire.errors != "" {
		return err
	}
	got, err := get[Q](ctx, c, s)
	if err != nil {
		return err
	}
	if diff := got - q; diff > tolerance || diff < -tolerance {
		return fmt.Errorf("%v: %s: %w: told %v, it holds %v", c, c.command(s.set, c.n, s.format(int64(q))),
			power.ErrReadBack, q, got)
	}
	return nil
}

func get[Q ~int64](ctx context.Context, c *channel, s setting) (q Q, err error) {
	err = c.ask(ctx, s.get, func(reply string) error {
		n, err := s.read(reply)
		q = Q(n)
		return err
	})
	return q, err
}

// SetProtection implements power.Channel.
func (c *channel) SetProtection(ctx context.Context, ovp physic.ElectricPotential, ocp physic.ElectricCurrent) error {
	if err := protect(ctx, c, c.ovp, ovp, power.VoltageTolerance); err != nil {
		return err
	}
	return protect(ctx, c, c.ocp, ocp, power.CurrentTolerance)
}

func protect[Q interface {
	~int64
	fmt.Stringer
}](ctx context.Context, c *channel, p protection, level, tolerance Q,
) error {
	switch {
	case level <= 0 && p.disarm != "":
		return c.change(ctx, p.disarm, "")
	case level <= 0:
		return nil // there is none, or it is always armed
	case p.kind() == power.Missing:
		return fmt.Errorf("%v: %w: it has no such protection to set to %v", c, power.ErrLimit, level)
	}
	if p.level.set != "" {
		if err := set(ctx, c, p.level, level, tolerance); err != nil {
			return err
		}
	}
	if p.arm == "" {
		return nil
	}
	return c.change(ctx, p.arm, "")
}

// Settings implements power.Channel.
func (c *channel) Settings(ctx context.Context) (power.Settings, error) {
	s, err := c.settings(ctx)
	if err != nil {
		return power.Settings{}, fmt.Errorf("read back %v: %w", c, err)
	}
	return s, nil
}

func (c *channel) settings(ctx context.Context) (s power.Settings, err error) {
	if s.Voltage, err = get[physic.ElectricPotential](ctx, c, c.voltage); err != nil {
		return s, err
	}
	if s.Current, err = get[physic.ElectricCurrent](ctx, c, c.current); err != nil {
		return s, err
	}
	if s.OVP, err = protectedAt(ctx, c, c.ovp, s.Voltage); err != nil {
		return s, err
	}
	if s.OCP, err = protectedAt(ctx, c, c.ocp, s.Current); err != nil {
		return s, err
	}
	s.On, err = c.isOn(ctx)
	return s, err
}

// protectedAt returns the level at which a protection acts, 0 if it is not armed. limit is that of one without a level.
func protectedAt[Q ~int64](ctx context.Context, c *channel, p protection, limit Q) (Q, error) {
	if p.kind() == power.Missing {
		return 0, nil
	}
	if p.armed != "" {
		if armed, err := c.flag(ctx, p.armed); err != nil || !armed {
			return 0, err
		}
	}
	if p.atLimit {
		return limit, nil
	}
	return get[Q](ctx, c, p.level)
}

func (c *channel) flag(ctx context.Context, question string) (yes bool, err error) {
	err = c.ask(ctx, question, func(reply string) (err error) {
		yes, err = parseFlag(reply)
		return err
	})
	return yes, err
}

// isOn asks whether the output is on.
func (c *channel) isOn(ctx context.Context) (bool, error) {
	for _, s := range c.output.states {
		var on bool
		err := c.ask(ctx, s.question, func(reply string) (err error) {
			on, err = s.parse(c.n, reply)
			return err
		})
		if err != nil || !on {
			return false, err
		}
	}
	return true, nil
}

// Enable implements power.Channel.
func (c *channel) Enable(ctx context.Context, on bool) error {
	if err := c.switchTo(ctx, on); err != nil || c.supply.model.wire.errors != "" {
		return err
	}
	got, err := c.isOn(ctx)
	if err == nil && got != on {
		err = fmt.Errorf("%v: %w: told to switch on: %v, it says on: %v", c, power.ErrReadBack, on, got)
	}
	return err
}

func (c *channel) switchTo(ctx context.Context, on bool) error {
	switch {
	case c.enable != nil:
		return c.enable(ctx, c, on)
	case on:
		return c.change(ctx, c.output.on, "")
	}
	return c.change(ctx, c.output.off, "")
}

// Measure implements power.Channel.
func (c *channel) Measure(ctx context.Context) (power.Reading, error) {
	var r power.Reading
	read := c.meter.read
	voltage := func(reply string) error {
		n, err := read(reply)
		r.Voltage, r.Time = physic.ElectricPotential(n), time.Now()
		return err
	}
	current := func(reply string) error {
		n, err := read(reply)
		r.Current, r.Time = physic.ElectricCurrent(n), time.Now()
		return err
	}
	if c.meter.all != "" {
		err := c.ask(ctx, c.meter.all, func(reply string) error {
			v, rest, _ := strings.Cut(reply, ",")
			i, _, _ := strings.Cut(rest, ",")
			return errors.Join(voltage(v), current(i))
		})
		return r, err
	}
	err := c.ask(ctx, c.meter.voltage, voltage)
	if err == nil {
		err = c.ask(ctx, c.meter.current, current)
	}
	return r, err
}

// Tripped implements power.Channel.
func (c *channel) Tripped(ctx context.Context) (power.Trip, error) {
	var found power.Trip
	for _, q := range c.trips {
		err := c.ask(ctx, q.question, func(reply string) error {
			t, err := q.parse(reply)
			found |= t
			return err
		})
		if err != nil {
			return 0, fmt.Errorf("ask %v for trips: %w", c, err)
		}
	}
	return found, nil
}

// ClearTrip implements power.Channel.
func (c *channel) ClearTrip(ctx context.Context) error {
	var errs []error
	for _, command := range c.clear {
		errs = append(errs, c.change(ctx, command, ""))
	}
	return errors.Join(errs...)
}
