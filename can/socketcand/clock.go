package socketcand

import "time"

const (
	// window is the half of the time over which the quickest frame is remembered. Clocks that run apart by 100 ppm part
	// by a millisecond in it.
	window = 10 * time.Second
	// maxDelay is the age at arrival beyond which a stamp means that the server's clock was set.
	maxDelay = time.Second
	// maxSpan bounds the difference of two stamps, so that differences of differences cannot overflow.
	maxSpan = 1 << 61
)

// clock places a server's stamps on this host's clock. All it does is relative to the first stamp, and on the monotonic
// clock here, so it does not matter how far the two clocks are apart, nor whether this one is set.
type clock struct {
	base   time.Time // the arrival of the stamp origin
	origin time.Time
	least  time.Duration // the smallest delay since began, relative to origin's
	before time.Duration // the smallest delay in the window before
	began  time.Time
	last   time.Time // what was returned last
}

// local returns when a frame with this stamp, which arrived now, ended on the bus. It is not after now and not before
// the frame of the last call.
func (c *clock) local(stamp, now time.Time) time.Time {
	delay, ok := c.delay(stamp, now)
	if !ok {
		c.restart(stamp, now)
		return c.inOrder(now)
	}
	switch age := now.Sub(c.began); {
	case age > 2*window:
		c.before, c.least, c.began = delay, delay, now
	case age > window:
		c.before, c.least, c.began = c.least, delay, now
	}
	c.least = min(c.least, delay)
	behind := delay - min(c.least, c.before)
	if behind > maxDelay {
		c.restart(stamp, now)
		behind = 0
	}
	return c.inOrder(now.Add(-behind))
}

// delay is how much longer this frame travelled than the first one.
func (c *clock) delay(stamp, now time.Time) (time.Duration, bool) {
	if c.base.IsZero() {
		return 0, false
	}
	span := stamp.Sub(c.origin)
	if span > maxSpan || span < -maxSpan {
		return 0, false
	}
	return now.Sub(c.base) - span, true
}

func (c *clock) restart(stamp, now time.Time) {
	c.base, c.origin = now, stamp
	c.least, c.before, c.began = 0, 0, now
}

// inOrder keeps frames from going back in time.
func (c *clock) inOrder(t time.Time) time.Time {
	if t.Before(c.last) {
		return c.last
	}
	c.last = t
	return t
}
