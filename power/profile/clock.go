package profile

import (
	"sync"
	"time"
)

// Clock tells where on its curve a Player is. It stands still while the curve waits for an event. Its methods may be
// called from several goroutines; the zero value has not started.
type Clock struct {
	mu      sync.Mutex
	zero    time.Time // when the curve began, as if it had never waited
	running bool
}

// Position is where the curve is at t. It reports false before the start and while the curve waits.
func (c *Clock) Position(t time.Time) (time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.running {
		return 0, false
	}
	return t.Sub(c.zero), true
}

// start lets the curve be at position when it is t.
func (c *Clock) start(t time.Time, position time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.zero, c.running = t.Add(-position), true
}

func (c *Clock) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = false
}

// when is the time at which the curve is at a position.
func (c *Clock) when(position time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.zero.Add(position)
}
