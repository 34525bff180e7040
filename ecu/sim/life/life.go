// Package life has a simulated ECU live through power cycles and resets.
//
//	l := life.New("inverter", terminal, func(ctx context.Context) error { ...boot, and answer until ctx ends... })
//	err := l.Start(ctx)
package life

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"periph.io/x/conn/v3/physic"

	"otabench/ecu/sim"
)

// Voltages at which an ECU starts, and below which it stops.
const (
	onVoltage  = 6500 * physic.MilliVolt
	offVoltage = 5500 * physic.MilliVolt
)

// current is what an ECU draws while it has power.
const current = 300 * physic.MilliAmpere

// Reasons for which a life ends.
var (
	errReset     = errors.New("reset")
	errPowerLost = errors.New("power lost")
)

// Life is that of one ECU.
type Life struct {
	name     string
	terminal sim.Terminal
	live     func(context.Context) error

	stop context.CancelFunc
	done sync.WaitGroup

	mu   sync.Mutex // guards the following
	on   bool
	wake chan struct{}           // closed and replaced when on changes
	end  context.CancelCauseFunc // of the life under way
}

// New returns an ECU of a name without power. Live boots it and runs it until its context ends, which is the next reset or
// power cut; an error of it means that there is nothing to live for any more.
func New(name string, terminal sim.Terminal, live func(context.Context) error) *Life {
	return &Life{name: name, terminal: terminal, live: live, wake: make(chan struct{})}
}

// Start connects the ECU to its supply. It runs until ctx ends or Close.
func (l *Life) Start(ctx context.Context) error {
	if l.stop != nil {
		return fmt.Errorf("simulated ECU %s was started before", l.name)
	}
	ctx, l.stop = context.WithCancel(ctx)
	l.done.Go(func() { l.run(ctx) })
	return nil
}

// Close disconnects the ECU, as a power cut does.
func (l *Life) Close() error {
	if l.stop != nil {
		l.stop()
		l.done.Wait()
	}
	return nil
}

// Restart ends the life under way, and the next one begins.
func (l *Life) Restart() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.end != nil {
		l.end(errReset)
	}
}

func (l *Life) run(ctx context.Context) {
	stops := []func(){
		l.terminal.Notify(onVoltage, func(rising bool) { l.power(rising, true) }),
		l.terminal.Notify(offVoltage, func(rising bool) { l.power(!rising, false) }),
	}
	defer func() {
		for _, stop := range stops {
			stop()
		}
		l.terminal.Draw(0)
	}()
	l.power(l.terminal.Voltage() >= onVoltage, true)
	for l.awaitPower(ctx) {
		life, end := context.WithCancelCause(ctx)
		l.begin(end)
		l.terminal.Draw(current)
		err := l.live(life)
		lost := errors.Is(context.Cause(life), errPowerLost)
		end(nil)
		if err != nil {
			return
		}
		if lost {
			l.terminal.Draw(0)
		}
	}
}

// power switches the ECU on or off, if that is what happened.
func (l *Life) power(happened, on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !happened || l.on == on {
		return
	}
	l.on = on
	close(l.wake)
	l.wake = make(chan struct{})
	if !on && l.end != nil {
		l.end(errPowerLost)
	}
}

// awaitPower returns false when ctx ends.
func (l *Life) awaitPower(ctx context.Context) bool {
	for {
		l.mu.Lock()
		on, wake := l.on, l.wake
		l.mu.Unlock()
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
func (l *Life) begin(end context.CancelCauseFunc) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end = end
	if !l.on {
		end(errPowerLost)
	}
}
