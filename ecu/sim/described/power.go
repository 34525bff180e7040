package described

import (
	"context"
	"errors"

	"periph.io/x/conn/v3/physic"
)

// Voltages at which the ECU starts, and below which it stops.
const (
	onVoltage  = 6500 * physic.MilliVolt
	offVoltage = 5500 * physic.MilliVolt
)

// current is what the ECU draws while it has power.
const current = 300 * physic.MilliAmpere

// Reasons for which a life ends.
var (
	errReset     = errors.New("reset")
	errPowerLost = errors.New("power lost")
)

// run lives through power cycles and resets, as long as there is a bus.
func (e *ECU) run(ctx context.Context) {
	stops := []func(){
		e.terminal.Notify(onVoltage, func(rising bool) { e.power(rising, true) }),
		e.terminal.Notify(offVoltage, func(rising bool) { e.power(!rising, false) }),
	}
	defer func() {
		for _, stop := range stops {
			stop()
		}
		e.terminal.Draw(0)
	}()
	e.power(e.terminal.Voltage() >= onVoltage, true)
	for e.awaitPower(ctx) {
		life, end := context.WithCancelCause(ctx)
		e.begin(end)
		e.terminal.Draw(current)
		err := e.live(life)
		lost := errors.Is(context.Cause(life), errPowerLost)
		end(nil)
		if err != nil {
			return
		}
		if lost {
			e.terminal.Draw(0)
		}
	}
}

// power switches the ECU on or off, if that is what happened.
func (e *ECU) power(happened, on bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !happened || e.on == on {
		return
	}
	e.on = on
	close(e.wake)
	e.wake = make(chan struct{})
	if !on && e.end != nil {
		e.end(errPowerLost)
	}
}

// awaitPower returns false when ctx ends.
func (e *ECU) awaitPower(ctx context.Context) bool {
	for {
		e.mu.Lock()
		on, wake := e.on, e.wake
		e.mu.Unlock()
		if ctx.Err() != nil || on {
			return ctx.Err() == nil
		}
		select {
		case <-wake:
		case <-ctx.Done():
		}
	}
}

// begin makes a life the one that power ends.
func (e *ECU) begin(end context.CancelCauseFunc) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.end = end
	if !e.on {
		end(errPowerLost)
	}
}

// restart ends the life under way.
func (e *ECU) restart() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.end(errReset)
}
