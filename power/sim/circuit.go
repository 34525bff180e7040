package sim

import (
	"time"

	"otabench/power"
)

// circuit is one channel of a supply and the rail at the end of its line. An open contact leaves two nodes, each with
// its capacitor; a made one joins them through the line's resistance. It knows no clock: plan says how everything moves
// from now on and until when that holds, step moves on. Volts, amperes, ohms, farads, seconds.
type circuit struct {
	source
	line

	terminals float64 // voltage at the supply's terminals
	rail      float64 // voltage at the unit's terminals
}

// source is the supply's side: what is programmed and what the output stage is made of.
type source struct {
	on          bool
	stuck       bool // fault: it stays on when it is told to switch off
	claimsOff   bool // what it says then
	setpoint    float64
	limit       float64 // current limit
	ovp, ocp    float64
	ovpOn       bool
	ocpOn       bool
	fuse        fuse
	tripped     power.Trip
	reference   reference
	slew        float64 // volts per second, upwards
	capacitance float64
	bleeder     float64
}

// line is the unit's side: the contact, the wire and what hangs on it.
type line struct {
	made        bool
	resistance  float64
	capacitance float64
	conductance float64 // of the bleeder and whatever else discharges the rail, in siemens
	load        float64 // constant current drawn by the consumers while there is voltage
}

// regulation is what determines the output voltage.
type regulation int

const (
	unregulated     regulation = iota // off, or the reference is below what the capacitors hold
	constantVoltage                   // the reference
	constantCurrent                   // the current limit
)

func (r regulation) String() string {
	return [...]string{"UR", "CV", "CC"}[r]
}

// segment is a stretch of time in which nothing changes but along curves.
type segment struct {
	regulation regulation
	terminals  curve
	rail       curve
	current    curve // out of the supply
	until      time.Duration
	trip       power.Trip // acts at until
}

// tripMargin is how far beyond its level a protection acts, in volts or amperes: at the level itself it does not.
const tripMargin = 1e-3

// step moves the state to t within the segment and carries out what is due there.
func (c *circuit) step(s segment, t time.Duration) {
	c.terminals = max(0, s.terminals.at(t))
	c.rail = max(0, s.rail.at(t))
	c.reference = c.reference.from(t)
	c.fuse.step(s.regulation, t)
	if s.trip != 0 && t >= s.until {
		c.trip(s.trip)
	}
}

func (c *circuit) trip(by power.Trip) {
	c.tripped |= by
	c.enable(false)
}

// enable switches the output. A latched trip keeps it off.
func (c *circuit) enable(on bool) {
	c.claimsOff = c.stuck && !on
	if on && c.tripped != 0 || on == c.on || c.claimsOff {
		return
	}
	c.on, c.reference = on, reference{}
	c.program(c.setpoint)
}

// preset puts current limit and protections as they are after power-up.
func (c *circuit) preset(r rating, armed power.Trip) {
	c.limit, c.ovp, c.ocp, c.tripped = r.current, r.ovp, r.ocp, 0
	c.ovpOn, c.ocpOn = armed&power.TripOVP != 0, armed&power.TripOCP != 0
	c.fuse = fuse{delay: defaultFuseDelay}
}

// program sets the voltage.
func (c *circuit) program(v float64) {
	c.setpoint = v
	if c.on {
		c.reference = aim(c.reference.start, v, c.slew)
	}
}

// contact makes or breaks the line. Making it shares the charge of both capacitors at once.
func (c *circuit) contact(made bool) {
	if made && !c.made {
		charge := c.source.capacitance*c.terminals + c.line.capacitance*c.rail
		c.rail = charge / (c.source.capacitance + c.line.capacitance)
		c.terminals = c.rail
	}
	c.made = made
}
