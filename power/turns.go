package power

import (
	"context"
	"errors"
	"sync"
)

// errSwitchedOff interrupts whatever an Output is doing when it is switched off.
var errSwitchedOff = errors.New("interrupted: the output is being switched off")

// turns lets one change at a time go on. Switching off goes first: it interrupts the change in progress and those that
// wait, so that none of them can energise the output again behind it.
type turns struct {
	token chan struct{}

	mu        sync.Mutex
	seizing   int
	interrupt context.CancelCauseFunc
}

func newTurns() *turns {
	return &turns{token: make(chan struct{}, 1), interrupt: func(error) {}}
}

// take waits for a turn. The context it returns is cancelled with errSwitchedOff when the turn is seized.
func (t *turns) take(ctx context.Context) (context.Context, func(), error) {
	select {
	case t.token <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.seizing > 0:
		<-t.token
		return nil, nil, errSwitchedOff
	case ctx.Err() != nil: // both were ready, and select chose
		<-t.token
		return nil, nil, context.Cause(ctx)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	t.interrupt = cancel
	return ctx, func() { cancel(nil); <-t.token }, nil
}

// end refuses every change from now on.
func (t *turns) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seizing++ // and never less
}

// seize interrupts others and returns once the turn is ours. What held it gives up at its next answer.
func (t *turns) seize() (done func()) {
	t.mu.Lock()
	t.seizing++
	t.interrupt(errSwitchedOff)
	t.mu.Unlock()
	t.token <- struct{}{}
	return func() {
		t.mu.Lock()
		t.seizing--
		t.mu.Unlock()
		<-t.token
	}
}
