package sim

import (
	"context"
	"sync"
)

// resetLine is the ECU's reset input: it ends a life, and none begins while it is held.
type resetLine struct {
	mu       sync.Mutex
	held     bool
	released chan struct{}           // closed when it is released; nil unless it is held
	cut      context.CancelCauseFunc // of the life under way
}

// HoldReset drives the ECU's reset input. While it is held the processor stands still, as a hard reset leaves it: what was
// in RAM is lost, and a flash operation in progress stops where it is. The ECU boots once it is released.
func (e *ECU) HoldReset(held bool) { e.reset.drive(held) }

// Reset holds the reset input for no time at all: a hard reset by the pin.
func (e *ECU) Reset() {
	e.HoldReset(true)
	e.HoldReset(false)
}

func (r *resetLine) drive(held bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if held == r.held {
		return
	}
	r.held = held
	if !held {
		close(r.released)
		return
	}
	r.released = make(chan struct{})
	if r.cut != nil {
		r.cut(resetPin)
		r.cut = nil
	}
}

// await returns a context that ends with resetPin when the input is held, once it is released. It fails when ctx ends.
func (r *resetLine) await(ctx context.Context) (context.Context, context.CancelCauseFunc, error) {
	for {
		running, cut, released := r.begin(ctx)
		if released == nil {
			return running, cut, nil
		}
		select {
		case <-released:
		case <-ctx.Done():
			return nil, nil, context.Cause(ctx)
		}
	}
}

func (r *resetLine) begin(ctx context.Context) (running context.Context, cut context.CancelCauseFunc, released chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held {
		return nil, nil, r.released
	}
	running, r.cut = context.WithCancelCause(ctx)
	return running, r.cut, nil
}
