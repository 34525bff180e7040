package power

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Limit makes an Output of a channel. It checks the limits against the channel's rating before it says anything to the
// instrument; then it switches the output off and has that confirmed, programs zero volts (or what [Floored] has instead),
// the current limit and the protections, and reads all of them back within [VoltageTolerance] and [CurrentTolerance].
//
// On any failure the output is switched off once more, and what went wrong with that is joined to the error. The errors
// are those of the channel, ErrLimit for refused limits and ErrReadBack for a value that the instrument did not keep.
func Limit(ctx context.Context, ch Channel, limits Limits) (*Output, error) {
	if err := limits.check(ch); err != nil {
		return nil, fmt.Errorf("limit %v: %w", ch, err)
	}
	if err := orOff(ctx, ch, func() error { return program(ctx, ch, limits) }); err != nil {
		return nil, fmt.Errorf("limit %v: %w", ch, err)
	}
	return newOutput(ch, limits), nil
}

func program(ctx context.Context, ch Channel, limits Limits) error {
	if err := switchOff(ctx, ch); err != nil {
		return err
	}
	if err := stopSequence(ctx, ch); err != nil {
		return err
	}
	// Zero first: an instrument may refuse an OVP below the voltage that an earlier user left set.
	if err := ch.SetVoltage(ctx, floor(ch)); err != nil {
		return err
	}
	if err := ch.SetCurrent(ctx, limits.Current); err != nil {
		return err
	}
	if err := ch.SetProtection(ctx, limits.OVP, limits.OCP); err != nil {
		return err
	}
	got, err := ch.Settings(ctx)
	if err != nil {
		return err
	}
	return compare(got, limits.settings(floor(ch), false))
}

// orOff carries out f, and switches the channel off if f fails or unwinds: by a panic, or by runtime.Goexit as a failed
// assertion does. It does not if somebody else is about to do so.
func orOff(ctx context.Context, ch Channel, f func() error) (err error) {
	done := false
	defer func() {
		if !done && !errors.Is(err, errSwitchedOff) {
			err = errors.Join(err, switchOff(ctx, ch))
		}
	}()
	err = f()
	done = err == nil
	return err
}

// offTime bounds switching off, whatever became of the caller's context.
const offTime = 5 * time.Second

// offAttempts is how often an instrument is told to switch off: a single lost command must not leave it on.
const offAttempts = 3

// switchOff tells the channel to switch off until it confirms. It is carried out even if ctx is done: whoever gives up
// is the one who most needs the output off. An attempt that unwinds is repeated once on the way out.
func switchOff(ctx context.Context, ch Channel) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), offTime)
	defer cancel()
	returned := true
	defer func() {
		if !returned {
			_ = offOnce(ctx, ch) // nobody is left to tell
		}
	}()
	var err error
	for range offAttempts {
		returned = false
		err = offOnce(ctx, ch)
		returned = true
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	return fmt.Errorf("%v is %w, open its switch: %w", ch, ErrUnconfirmed, err)
}

func offOnce(ctx context.Context, ch Channel) error {
	told := ch.Enable(ctx, false)
	got, err := ch.Settings(ctx)
	switch {
	case err != nil:
		return errors.Join(told, err)
	case got.On:
		return errors.Join(told, fmt.Errorf("%w: told to switch off, it says it is on", ErrReadBack))
	}
	// The instrument says it is off: what it said to the command before no longer matters.
	return nil
}
