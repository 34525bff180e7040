package sim

import "time"

// reference is the voltage that a channel's regulator aims at: it rises at the slew rate and falls at once, since what
// keeps the terminals up then is their capacitance and not the regulator.
type reference struct {
	start  float64 // volts at time zero
	slope  float64 // volts per second, not negative
	target float64 // volts
}

// aim returns the reference that goes from v to target.
func aim(v, target, slew float64) reference {
	if target <= v {
		return reference{start: target, target: target}
	}
	return reference{start: v, slope: slew, target: target}
}

// end is when the ramp is over, never if there is none.
func (r reference) end() time.Duration {
	if r.slope == 0 {
		return never
	}
	return nanoseconds((r.target-r.start)/r.slope) + 1
}

func (r reference) at(t time.Duration) float64 {
	return min(r.target, r.start+r.slope*t.Seconds())
}

// from returns what is left of the reference after t.
func (r reference) from(t time.Duration) reference {
	return aim(r.at(t), r.target, r.slope)
}
