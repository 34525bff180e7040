package profile

import (
	"math"
	"time"

	"periph.io/x/conn/v3/physic"
)

// Capability is what a rail can do, as measured or as declared by who built it.
type Capability struct {
	// Lowest and Highest are what the output may be set to; Resolution is the step in which it is set.
	Lowest, Highest, Resolution physic.ElectricPotential
	// Latency is from a command to the first change at the terminals, Jitter by how much it varies, and Interval the
	// least time between two commands.
	Latency, Jitter, Interval time.Duration
	// Rise is how much the terminals rise in a millisecond. Fall is the same downwards for a supply that can sink;
	// without it (0) they fall exponentially as their load discharges them, with the time constant Decay.
	Rise, Fall physic.ElectricPotential
	Decay      time.Duration
	// List, Switch and Second are nil where a rail has none.
	List   *ListMode
	Switch *Contact
	Second *Changeover
}

// ListMode is an instrument that makes a list of points by itself, and then goes back to the voltage before it.
type ListMode struct {
	Points             int // in a list
	Repeats            int // of a list, at most
	MinDwell, MaxDwell time.Duration
	// Resolution is the step between two dwells, any if 0.
	Resolution time.Duration
	// Latency is from the trigger to the first change.
	Latency time.Duration
}

// Contact is a switch in the line.
type Contact struct {
	Latency time.Duration
	// Shortest is the shortest time for which it opens, Jitter by how much such a time varies.
	Shortest, Jitter time.Duration
	// Decay is the time constant with which the terminals fall while it is open.
	Decay time.Duration
}

// Changeover switches between two rails that stand at different voltages.
type Changeover struct {
	Latency time.Duration
	// Transition is how long the terminals take from one rail's voltage to the other's.
	Transition time.Duration
}

// never is longer than any profile.
const never = time.Duration(math.MaxInt64)

// travel is how long the terminals take from one voltage to another when the output is set at once.
func (c Capability) travel(from, to physic.ElectricPotential) time.Duration {
	switch {
	case to >= from:
		return ramp(to-from, c.Rise)
	case c.Fall > 0:
		return ramp(from-to, c.Fall)
	}
	return decay(from, to, c.Decay)
}

func ramp(change, perMillisecond physic.ElectricPotential) time.Duration {
	if perMillisecond <= 0 {
		return never
	}
	return time.Duration(float64(change) / float64(perMillisecond) * float64(time.Millisecond))
}

// floor is where a discharge counts as over.
const floor = 50 * physic.MilliVolt

// decay is how long an exponential takes. It never gets to 0 V, so a little more has to do.
func decay(from, to physic.ElectricPotential, constant time.Duration) time.Duration {
	to = max(to, floor)
	if from <= to {
		return 0
	}
	return time.Duration(float64(constant) * math.Log(float64(from)/float64(to)))
}

// round brings a voltage to one that can be set.
func (c Capability) round(v physic.ElectricPotential) physic.ElectricPotential {
	v = min(max(v, c.Lowest), c.Highest)
	if c.Resolution <= 0 {
		return v
	}
	rounded := (v + c.Resolution/2) / c.Resolution * c.Resolution
	if rounded > c.Highest {
		rounded -= c.Resolution
	}
	return rounded
}
