package sim

import (
	"math"
	"time"
)

// curve is a quantity over time: a + b·t + d·exp(-t/tau). Every voltage and current in a linear circuit of one capacitor
// that is fed by a constant or a ramp follows such a curve. Volts, amperes, seconds.
type curve struct {
	a, b, d, tau float64
}

func constant(v float64) curve { return curve{a: v, tau: 1} }

func (c curve) at(t time.Duration) float64 {
	s := t.Seconds()
	return c.a + c.b*s + c.d*math.Exp(-s/c.tau)
}

// plus returns the curve shifted by a constant and a ramp.
func (c curve) plus(a, b float64) curve {
	c.a += a
	c.b += b
	return c
}

// times returns the curve scaled.
func (c curve) times(k float64) curve {
	c.a, c.b, c.d = c.a*k, c.b*k, c.d*k
	return c
}

// never is later than any event.
const never = time.Duration(math.MaxInt64)

// reach returns the first time after zero and up to horizon at which the curve has got to the other side of level, or
// never. It is rounded up to whole nanoseconds, so that at() is past the level then.
func (c curve) reach(level float64, horizon time.Duration) time.Duration {
	from := time.Duration(0)
	for _, to := range c.monotone(horizon) {
		if t := c.search(level, from, to); t != never {
			return t
		}
		from = to
	}
	return never
}

// monotone splits 0 to horizon at the extremum, if the curve has one in there.
func (c curve) monotone(horizon time.Duration) []time.Duration {
	horizon = min(horizon, c.settled())
	if c.b == 0 || c.d*c.b <= 0 {
		return []time.Duration{horizon}
	}
	top := nanoseconds(c.tau * math.Log(c.d/(c.b*c.tau)))
	if top <= 0 || top >= horizon {
		return []time.Duration{horizon}
	}
	return []time.Duration{top, horizon}
}

// settled is when a curve without a ramp no longer moves: 60 time constants on, less is left than a float64 can tell.
func (c curve) settled() time.Duration {
	if c.b != 0 {
		return never
	}
	return nanoseconds(60 * c.tau)
}

// search finds by bisection when the curve, monotone between from and to, changes sides of level.
func (c curve) search(level float64, from, to time.Duration) time.Duration {
	below := c.at(from) < level
	if (c.at(to) < level) == below {
		return never
	}
	for to-from > 1 {
		middle := from + (to-from)/2
		if (c.at(middle) < level) == below {
			from = middle
		} else {
			to = middle
		}
	}
	return to
}

// nanoseconds turns seconds into a Duration, never if there are too many.
func nanoseconds(s float64) time.Duration {
	if s >= never.Seconds()/2 {
		return never
	}
	return time.Duration(s * 1e9)
}
