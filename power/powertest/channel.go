package powertest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
)

// ErrInjected is what a call fails with when it was told to.
var ErrInjected = errors.New("injected fault")

// Fault is how the chosen call goes wrong.
type Fault int

// Faults.
const (
	// Refuse: the call has no effect and fails.
	Refuse Fault = iota
	// Lost: the call takes effect and fails all the same, as when its answer got lost.
	Lost
	// Ignore: the call has no effect and reports success. A reading of settings answers the previous one.
	Ignore
)

// Channel is an output in memory, rated 32 V and 3.2 A unless told otherwise. The zero value works.
type Channel struct {
	// FailAt is the number of the call that goes wrong, from 1; zero for none. Rating and String do not count.
	FailAt int
	// FailFrom makes this and every later call go wrong, as a lost link does.
	FailFrom int
	Fault    Fault
	// Volts and Amps are the rating, if not zero.
	Volts physic.ElectricPotential
	Amps  physic.ElectricCurrent
	// Before, if not nil, is called ahead of every call with its name. It may block.
	Before func(ctx context.Context, call string)

	mu       sync.Mutex
	calls    []string
	settings power.Settings
	answered power.Settings
	reading  power.Reading
	trip     power.Trip
}

var _ power.Channel = (*Channel)(nil)

func (c *Channel) String() string { return "test channel" }

// Rating implements power.Channel.
func (c *Channel) Rating() (physic.ElectricPotential, physic.ElectricCurrent) {
	volts, amps := c.Volts, c.Amps
	if volts == 0 {
		volts = 32 * physic.Volt
	}
	if amps == 0 {
		amps = 3200 * physic.MilliAmpere
	}
	return volts, amps
}

// Calls returns what was called so far, for instance "SetVoltage(13.500V)".
func (c *Channel) Calls() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.calls...)
}

// On reports whether the output is energised.
func (c *Channel) On() bool { return c.State().On }

// State returns what the channel is set to.
func (c *Channel) State() power.Settings {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.settings
}

// SetState changes the settings behind the back of the driver, as a hand at the front panel does.
func (c *Channel) SetState(s power.Settings) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settings = s
}

// SetReading sets what Measure answers.
func (c *Channel) SetReading(r power.Reading) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading = r
}

// SetTrip lets a protection act: the output goes off.
func (c *Channel) SetTrip(t power.Trip) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trip, c.settings.On = t, false
}

// call records one call and carries it out unless it is to go wrong.
func (c *Channel) call(ctx context.Context, name string, effect func()) error {
	if c.Before != nil {
		c.Before(ctx, name)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, name)
	if err := context.Cause(ctx); err != nil {
		return err
	}
	n := len(c.calls)
	if n != c.FailAt && (c.FailFrom == 0 || n < c.FailFrom) {
		effect()
		return nil
	}
	switch c.Fault {
	case Lost:
		effect()
	case Ignore:
		return nil
	}
	return fmt.Errorf("call %d, %s: %w", n, name, ErrInjected)
}

// SetVoltage implements power.Channel.
func (c *Channel) SetVoltage(ctx context.Context, v physic.ElectricPotential) error {
	return c.call(ctx, fmt.Sprintf("SetVoltage(%v)", v), func() { c.settings.Voltage = v })
}

// SetCurrent implements power.Channel.
func (c *Channel) SetCurrent(ctx context.Context, i physic.ElectricCurrent) error {
	return c.call(ctx, fmt.Sprintf("SetCurrent(%v)", i), func() { c.settings.Current = i })
}

// SetProtection implements power.Channel.
func (c *Channel) SetProtection(ctx context.Context, ovp physic.ElectricPotential, ocp physic.ElectricCurrent) error {
	return c.call(ctx, fmt.Sprintf("SetProtection(%v, %v)", ovp, ocp), func() {
		c.settings.OVP, c.settings.OCP = ovp, ocp
	})
}

// Settings implements power.Channel.
func (c *Channel) Settings(ctx context.Context) (power.Settings, error) {
	err := c.call(ctx, "Settings", func() { c.answered = c.settings })
	if err != nil {
		return power.Settings{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answered, nil
}

// Enable implements power.Channel.
func (c *Channel) Enable(ctx context.Context, on bool) error {
	return c.call(ctx, fmt.Sprintf("Enable(%v)", on), func() { c.settings.On = on && c.trip == 0 })
}

// Measure implements power.Channel.
func (c *Channel) Measure(ctx context.Context) (power.Reading, error) {
	var r power.Reading
	err := c.call(ctx, "Measure", func() {
		r = c.reading
		r.Time = time.Now()
	})
	return r, err
}

// Tripped implements power.Channel.
func (c *Channel) Tripped(ctx context.Context) (power.Trip, error) {
	var t power.Trip
	err := c.call(ctx, "Tripped", func() { t = c.trip })
	return t, err
}

// ClearTrip implements power.Channel.
func (c *Channel) ClearTrip(ctx context.Context) error {
	return c.call(ctx, "ClearTrip", func() { c.trip = 0 })
}
