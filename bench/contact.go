package bench

import (
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
	moved func(closed bool) // told after each command that was carried out; nil if nobody is to be

	mu  sync.Mutex
	end *time.Timer // ends a state
}

// drive closes or opens the contact. An end that was to come no longer does.
func (c *contact) drive(closed bool) error {
	c.endless()
	return c.move(closed)
}

// driveFor leaves the contact in a state for d, and then in the other.
func (c *contact) driveFor(closed bool, d time.Duration) error {
	if err := c.drive(closed); err != nil {
		return err
	}
	c.after(d, !closed)
	return nil
}

func (c *contact) move(closed bool) error {
	action, do := "break", c.sw.Break
	if closed {
		action, do = "make", c.sw.Make
	}
	err := do()
	c.bench.setting(record.Setting{Device: c.role, Action: action}, err)
	if err == nil && c.moved != nil {
		c.moved(closed)
	}
	return err
}

// after moves the contact after d unless endless comes first. The lock is held until it has moved: when endless has
// returned, nothing moves it any more.
func (c *contact) after(d time.Duration, closed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
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
	if c.end != nil {
		c.end.Stop()
		c.end = nil
	}
}
