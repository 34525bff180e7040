package master

import (
	"sync"
	"time"
)

// clock is the master's. It is set by the network's time on the bus and runs on by itself; it is not known before, and not
// while it stands behind the latest time that the backend has confirmed. The network's time is nobody's word: one that is
// far ahead must not make all later ones wrong.
type clock struct {
	mu      sync.Mutex
	told    time.Time // by the network
	heard   time.Time // when
	latest  time.Time // that the backend has confirmed
	trusted bool      // fault: whatever is told counts
	first   chan struct{}
}

func newClock(latest time.Time, trusted bool) *clock {
	return &clock{latest: latest, trusted: trusted, first: make(chan struct{})}
}

// slack is how far behind the latest time the clock may stand: clocks differ a little.
const slack = time.Minute

// set takes the network's time; the zero time is that nobody knows it.
func (c *clock) set(told time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.heard.IsZero() {
		close(c.first)
	}
	c.told, c.heard = told, time.Now()
}

// heardOf is closed once the network has said anything about the time.
func (c *clock) heardOf() <-chan struct{} { return c.first }

// now returns the time, and false if it is not known.
func (c *clock) now() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.told.IsZero() {
		return time.Time{}, false
	}
	now := c.told.Add(time.Since(c.heard))
	if now.Before(c.latest.Add(-slack)) && !c.trusted {
		return time.Time{}, false
	}
	return now, true
}

// confirm takes the time in an answer of the backend, which has shown who it is.
func (c *clock) confirm(date time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if date.After(c.latest) {
		c.latest = date
	}
}

// confirmed returns the latest time that the backend has confirmed.
func (c *clock) confirmed() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.latest
}

// certificates is the time by which certificates are looked at; an unknown one lets none be good.
func (c *clock) certificates() time.Time {
	now, _ := c.now()
	return now
}
