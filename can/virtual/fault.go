package virtual

import (
	"slices"
	"time"

	"otabench/can"
)

// Action is what a fault does to a frame: [Drop], [Corrupt], or a [Delay].
type Action time.Duration

// Actions without a parameter.
const (
	// Drop loses the frame for all receivers; its sender believes that it was sent.
	Drop Action = -1 - iota
	// Corrupt destroys the frame with an error frame. The sender's transmit error counter rises by 8, the others'
	// receive error counters by 1, and the controller sends the frame again until it succeeds or goes bus-off.
	Corrupt
)

// Delay keeps the wire busy for d before the frame ends.
func Delay(d time.Duration) Action { return Action(max(d, 0)) }

// Fault describes frames and what happens to them.
type Fault struct {
	// Match chooses the frames, nil all. It runs on the wire's goroutine and must not block. Each attempt to send a
	// frame is offered once.
	Match func(can.Frame) bool
	// After lets that many matches pass. Count is how many frames are hit after those, 0 all.
	After, Count int
	Action       Action
}

// fault is an injected Fault. Its counters belong to the wire's goroutine.
type fault struct {
	Fault
	seen int
}

// Inject makes the wire faulty until remove is called. If several faults hit the same frame, the first one injected acts.
func (b *Bus) Inject(f Fault) (remove func()) {
	added := &fault{Fault: f}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(slices.Clone(b.faults), added)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.faults = slices.DeleteFunc(slices.Clone(b.faults), func(other *fault) bool { return other == added })
	}
}

// hits counts a match and reports whether the fault acts on it.
func (f *fault) hits(frame can.Frame) bool {
	if f.Match != nil && !f.Match(frame) {
		return false
	}
	f.seen++
	return f.seen > f.After && (f.Count == 0 || f.seen <= f.After+f.Count)
}

// actionFor returns what happens to a frame. All faults see it, so that each counts its own matches.
func actionFor(faults []*fault, frame can.Frame) (action Action) {
	found := false
	for _, f := range faults {
		if f.hits(frame) && !found {
			action, found = f.Action, true
		}
	}
	return action
}
