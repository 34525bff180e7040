package power

import (
	"context"
	"errors"
	"fmt"

	"periph.io/x/conn/v3/physic"
)

// Output is a channel whose limits are programmed and verified. It is made by [Limit] or [Adopt] and its methods may
// be called from several goroutines: they take turns, but Off interrupts the others.
//
// A method that changes the output and fails, or unwinds, leaves it off; if that is not confirmed its error wraps
// ErrUnconfirmed. A change that gives up before its turn has come leaves the output as it is.
type Output struct {
	channel Channel
	limits  Limits
	turns   *turns

	sequence sequencing // belongs to whoever has the turn
}

func newOutput(ch Channel, limits Limits) *Output {
	return &Output{channel: ch, limits: limits, turns: newTurns()}
}

// Limits returns what the output never exceeds.
func (o *Output) Limits() Limits { return o.limits }

func (o *Output) String() string { return fmt.Sprintf("%v (limits %v)", o.channel, o.limits) }

// On sets the voltage, reads every setting back, enables the output and reads back that it is on. v is from zero (or
// what [Floored] has instead) to the limit, else ErrLimit; then nothing was said to the instrument.
func (o *Output) On(ctx context.Context, v physic.ElectricPotential) error {
	if err := o.change(ctx, v, o.energise); err != nil {
		return fmt.Errorf("switch %v on at %v: %w", o.channel, v, err)
	}
	return nil
}

// Set changes the voltage, on or off, and reads every setting back. It ends a sequence. v is as for On.
func (o *Output) Set(ctx context.Context, v physic.ElectricPotential) error {
	if err := o.change(ctx, v, o.setVoltage); err != nil {
		return fmt.Errorf("set %v to %v: %w", o.channel, v, err)
	}
	return nil
}

// Off switches the output off and returns when the instrument confirms it. It interrupts On and Set and is carried out
// even if ctx is done; after 5 s without confirmation it fails with ErrUnconfirmed: open the switch in the line.
func (o *Output) Off(ctx context.Context) error {
	defer o.turns.seize()()
	if err := switchOff(ctx, o.channel); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), offTime)
	defer cancel()
	o.sequence = noSequence
	return stopSequence(ctx, o.channel)
}

// Retire interrupts On and Set, refuses them from now on, and returns when none is in progress any more: nothing
// energises the output behind the back of whoever switches it off next. It does not switch it off itself.
func (o *Output) Retire() {
	o.turns.end()
	o.turns.seize()()
}

// Measure reads the supply's own meter.
func (o *Output) Measure(ctx context.Context) (Reading, error) { return o.channel.Measure(ctx) }

// Tripped says which protection has switched the output off.
func (o *Output) Tripped(ctx context.Context) (Trip, error) { return o.channel.Tripped(ctx) }

// ClearTrip switches the output off, because some instruments come back on when a trip is cleared, clears the trip and
// confirms that the output is off.
func (o *Output) ClearTrip(ctx context.Context) error {
	defer o.turns.seize()()
	if err := o.clearTrip(ctx); err != nil {
		return fmt.Errorf("clear the trip of %v: %w", o.channel, err)
	}
	return nil
}

func (o *Output) clearTrip(ctx context.Context) (err error) {
	if err := switchOff(ctx, o.channel); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, switchOff(ctx, o.channel)) }() // also if the driver panics
	return o.channel.ClearTrip(ctx)
}

// change carries out one change to voltage v in its turn. When it fails or unwinds the output is switched off, unless
// it failed because somebody is about to do just that.
func (o *Output) change(ctx context.Context, v physic.ElectricPotential,
	carryOut func(context.Context, physic.ElectricPotential) error,
) error {
	if err := o.within(v); err != nil {
		return err
	}
	ctx, done, err := o.turns.take(ctx)
	if err != nil {
		return err
	}
	defer done()
	return orOff(ctx, o.channel, func() error {
		err := carryOut(ctx, v)
		if err != nil && errors.Is(context.Cause(ctx), errSwitchedOff) {
			return errors.Join(errSwitchedOff, err)
		}
		return err
	})
}

// within holds a voltage to the limits.
func (o *Output) within(v physic.ElectricPotential) error {
	if low := floor(o.channel); v < low || v > o.limits.Voltage {
		return fmt.Errorf("%w: the output is limited to %v to %v", ErrLimit, low, o.limits.Voltage)
	}
	return nil
}

func (o *Output) setVoltage(ctx context.Context, v physic.ElectricPotential) error {
	if o.sequence == started {
		if err := stopSequence(ctx, o.channel); err != nil {
			return err
		}
		o.sequence = noSequence
	}
	if err := o.channel.SetVoltage(ctx, v); err != nil {
		return err
	}
	got, err := o.channel.Settings(ctx)
	if err != nil {
		return err
	}
	return compare(got, o.limits.settings(v, got.On))
}

func (o *Output) energise(ctx context.Context, v physic.ElectricPotential) error {
	if o.sequence == loaded {
		o.sequence = started // to be stopped
	}
	if err := o.setVoltage(ctx, v); err != nil {
		return err
	}
	if err := o.channel.Enable(ctx, true); err != nil {
		return err
	}
	got, err := o.channel.Settings(ctx)
	if err != nil {
		return err
	}
	if err := compare(got, o.limits.settings(v, true)); err != nil {
		return errors.Join(err, o.explain(ctx))
	}
	return nil
}

// explain says which protection has acted, for an output that did not stay on.
func (o *Output) explain(ctx context.Context) error {
	trip, err := o.channel.Tripped(ctx)
	if err != nil {
		return err
	}
	if trip == 0 {
		return nil
	}
	return fmt.Errorf("%v has tripped: check the wiring, then clear the trip", trip)
}
