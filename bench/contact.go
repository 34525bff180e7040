package bench

import (
	"fmt"
	"sync"
	"time"

	"otabench/bench/record"
	"otabench/power"
)

// contact is a switch of the bench with what happens to it in the record, and with an end to come for a state that is
// to last for a time only.
type contact struct {
	bench *Bench
	role  string
	sw    power.Switch
	rest  bool              // whether it is closed at rest
	moved func(closed bool) // told after each command that was carried out; nil if nobody is to be

	mu      sync.Mutex
	end     *time.Timer // ends a state
	retired bool        // it is at rest for good
}

// drive closes or opens the contact. An end that was to come no longer does.
func (c *contact) drive(closed bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stop()
	return c.move(closed)
}

// driveFor leaves the contact in a state for d, and then in the other.
func (c *contact) driveFor(closed bool, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stop()
	if err := c.move(closed); err != nil {
		return err
	}
	if !c.retired {
		c.after(d, !closed)
	}
	return nil
}

// toRest brings the contact to its rest if it is elsewhere. An end that was to come no longer does.
func (c *contact) toRest() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stop()
	if c.sw.Made() == c.rest {
		return nil
	}
	return c.move(c.rest)
}

// retire brings the contact to its rest for good: when it has returned, nothing moves it from there any more.
func (c *contact) retire() {
	c.mu.Lock()
	c.retired = true
	c.mu.Unlock()
	_ = c.toRest() // MakeSafe tries again, and says so if it fails
}

// move commands the contact. The lock is held.
func (c *contact) move(closed bool) error {
	action, do := "break", c.sw.Break
	if closed {
		action, do = "make", c.sw.Make
	}
	if c.retired && closed != c.rest {
		return fmt.Errorf("%s %s: %w", action, c.role, errClosed)
	}
	err := do()
	c.bench.setting(record.Setting{Device: c.role, Action: action}, err)
	if err == nil && c.moved != nil {
		c.moved(closed)
	}
	return err
}

// after moves the contact after d unless stop comes first. The lock is held, and held again until it has moved: when
// endless has returned, nothing moves it any more.
func (c *contact) after(d time.Duration, closed bool) {
	var t *time.Timer
	t = time.AfterFunc(d, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.end != t {
			return
		}
		c.end = nil
		_ = c.move(closed) // an error is a fault of the bench, which move has noted
	})
	c.end = t
}

// endless keeps the contact as it is.
func (c *contact) endless() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stop()
}

// stop is endless with the lock held.
func (c *contact) stop() {
	if c.end != nil {
		c.end.Stop()
		c.end = nil
	}
}
