package sim

import (
	"time"

	"otabench/power"
)

// plan says how the circuit moves from its present state.
func (c *circuit) plan() segment {
	if !c.made {
		return c.planApart()
	}
	switch c.regulates() {
	case constantVoltage:
		return c.planVoltage()
	case constantCurrent:
		return c.planCurrent()
	}
	return c.planIdle()
}

// regulates says what determines the voltage of the joined nodes.
func (c *circuit) regulates() regulation {
	// Rounding leaves a difference after two curves have met.
	const volts, amperes = 1e-9, 1e-9
	if !c.on || c.reference.start < c.rail-volts {
		return unregulated
	}
	over := (c.reference.start-c.rail)/c.resistance - c.limit
	if over < -amperes {
		return constantVoltage
	}
	if over > amperes || c.limitedSlope() < c.reference.slope {
		return constantCurrent
	}
	return constantVoltage
}

// limitedSlope is how fast the voltage changes, in volts per second, while the supply delivers its current limit.
func (c *circuit) limitedSlope() float64 {
	return (c.limit - c.load - c.rail*c.leak()) / c.joined()
}

// joined is the capacitance, and leak the conductance, of both nodes together.
func (c *circuit) joined() float64 { return c.source.capacitance + c.line.capacitance }
func (c *circuit) leak() float64   { return c.conductance + 1/c.bleeder }

// planApart: the supply keeps its own terminals, the rail discharges.
func (c *circuit) planApart() segment {
	s := segment{current: constant(0), until: never}
	s.rail = c.discharge(c.rail, c.load, c.conductance, c.line.capacitance)
	s.limitTo(zero(s.rail))
	if !c.on || c.reference.start < c.terminals {
		s.terminals = c.discharge(c.terminals, 0, 1/c.bleeder, c.source.capacitance)
		s.limitTo(c.meets(s.terminals))
		return s
	}
	s.regulation = constantVoltage
	s.terminals = constant(c.reference.start).plus(0, c.reference.slope)
	s.limitTo(c.reference.end())
	c.guard(&s)
	return s
}

// planIdle: the supply delivers nothing and cannot sink either, so all capacitors discharge together.
func (c *circuit) planIdle() segment {
	s := segment{current: constant(0), until: never}
	s.rail = c.discharge(c.rail, c.load, c.leak(), c.joined())
	s.terminals = s.rail
	s.limitTo(zero(s.rail))
	s.limitTo(c.meets(s.rail))
	c.guard(&s)
	return s
}

// planVoltage: the terminals follow the reference, the rail follows through the line's resistance.
func (c *circuit) planVoltage() segment {
	s := segment{regulation: constantVoltage, until: never}
	s.terminals = constant(c.reference.start).plus(0, c.reference.slope)
	s.limitTo(c.reference.end())
	enough := c.load * c.resistance
	if c.rail <= 0 && c.reference.start < enough {
		// The consumers draw all that comes through the line.
		s.rail = constant(0)
		s.limitTo(s.terminals.reach(enough, s.until))
	} else {
		s.rail = c.follow()
		s.limitTo(zero(s.rail))
	}
	s.current = s.rail.times(-1/c.resistance).plus(s.terminals.a/c.resistance, s.terminals.b/c.resistance)
	s.limitTo(s.current.reach(c.limit, s.until))
	c.guard(&s)
	return s
}

// follow is the voltage of a rail that is charged from the reference through the line.
func (c *circuit) follow() curve {
	g := 1/c.resistance + c.conductance
	slope := c.reference.slope / (c.resistance * g)
	settled := (c.reference.start/c.resistance - c.load - c.line.capacitance*slope) / g
	return curve{a: settled, b: slope, d: c.rail - settled, tau: c.line.capacitance / g}
}

// planCurrent: the supply delivers its limit into all capacitors and loads.
func (c *circuit) planCurrent() segment {
	drop := c.limit * c.resistance
	s := segment{regulation: constantCurrent, current: constant(c.limit), until: never}
	s.rail = c.discharge(c.rail, c.load-c.limit, c.leak(), c.joined())
	s.terminals = s.rail.plus(drop, 0)
	s.limitTo(c.reference.end())
	s.limitTo(zero(s.rail))
	s.limitTo(c.meets(s.terminals))
	c.guard(&s)
	return s
}

// discharge is the voltage of a capacitor from v on, while current flows out of it and a conductance leaks. It does not
// go below zero: no consumer draws from an empty capacitor.
func (c *circuit) discharge(v, current, conductance, capacitance float64) curve {
	if v <= 0 && current >= 0 {
		return constant(0)
	}
	settled := -current / conductance
	return curve{a: settled, d: v - settled, tau: capacitance / conductance}
}

// meets is when a voltage that differs from the reference gets to it. An output that is off has none.
func (c *circuit) meets(v curve) time.Duration {
	if !c.on {
		return never
	}
	return v.plus(-c.reference.start, -c.reference.slope).reach(0, c.reference.end())
}

// guard lets the protections end the segment.
func (c *circuit) guard(s *segment) {
	if c.ovpOn && c.on {
		s.tripBy(power.TripOVP, s.terminals, c.ovp)
	}
	if c.ocpOn && c.on {
		s.tripBy(power.TripOCP, s.current, c.ocp)
	}
	if blows := c.fuse.blows(s.regulation); c.on && blows < s.until {
		s.until, s.trip = blows, power.TripOCP
	}
}

func (s *segment) tripBy(by power.Trip, quantity curve, level float64) {
	level += tripMargin
	at := time.Duration(0)
	if quantity.at(0) < level {
		at = quantity.reach(level, s.until)
	}
	if at < s.until {
		s.until, s.trip = at, by
	}
}

func (s *segment) limitTo(t time.Duration) { s.until = min(s.until, t) }

// zero is when a voltage gets down to nothing.
func zero(c curve) time.Duration {
	if c.at(0) <= 0 {
		return never
	}
	return c.reach(0, never)
}
