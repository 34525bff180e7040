package isotp

import (
	"fmt"
	"time"
)

// answer sends the flow control that a reception is due, and lets the time run in which the sender has to react.
func (c *conn) answer() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.rx.answers {
		return
	}
	status, within := c.rx.answer, c.cfg.NCr
	if status == Wait {
		within = c.cfg.NBr
	}
	c.rx.answers = false
	c.mu.Unlock()
	err := c.send(status)
	c.mu.Lock()
	switch {
	case c.rx.answers: // it is about a newer message
	case err != nil:
		c.abort(fmt.Errorf("send flow control: %w", err))
	case c.rx.active:
		c.rx.until = time.Now().Add(within)
	}
}

func (c *conn) send(status FlowStatus) error {
	w := newWatch(c.ctx, c.cfg.NAs)
	defer w.stop()
	return w.send(c.bus, c.cfg.flowControl(status))
}

// patience is until when a reception waits, zero if it does not.
func (c *conn) patience() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.rx.active {
		return time.Time{}
	}
	return c.rx.until
}

// late ends a reception whose patience is over, or tells its sender again to wait.
func (c *conn) late() {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !c.rx.active || c.rx.until.IsZero() || time.Now().Before(c.rx.until):
	case c.rx.waits > 0:
		c.admit()
	default:
		c.abort(fmt.Errorf("%w (%v) after %d of %d bytes", ErrTimeoutCr, c.cfg.NCr, len(c.rx.data), c.rx.length))
	}
}
