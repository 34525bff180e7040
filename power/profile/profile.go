package profile

import (
	"time"

	"periph.io/x/conn/v3/physic"
)

// Profile is a voltage over time with parameters open.
type Profile struct {
	Name     string // for commands: lower case, digits and -
	Title    string
	Standard string // such as "ISO 16750-2:2012"
	Clause   string // of the standard
	Source   string // where the numbers come from
	About    string
	// Refused is why no bench supply can make the profile; empty if one can.
	Refused    string
	Tolerance  Tolerance
	Parameters []Parameter

	file  string
	start expression
	steps []step
}

// Parameter is a value that the unit under test or the bench gives.
type Parameter struct {
	Name    string
	Default physic.ElectricPotential
	About   string
}

// Tolerance is how far a stimulus may lie from its curve and still be the standard's.
type Tolerance struct {
	// Above and Below the level.
	Above, Below physic.ElectricPotential
	// Time is the permitted deviation of a time in percent of it.
	Time float64
	// Shift is by how much any part may be early or late besides; standards have none.
	Shift time.Duration
	// Step is the largest step by which a ramp may be made; 0 if the standard names none.
	Step physic.ElectricPotential
}

// step is one entry of a profile's list of steps.
type step struct {
	origin int // number in the profile, counted through nested steps from 0
	place  Problem
	name   string

	to         *expression
	in, within *expression
	rate       *expression
	hold       *expression
	ripple     *ripple
	cut        *expression
	await      string

	repeat int
	loop   *loop
	steps  []step
}

// ripple is a sine on a level.
type ripple struct {
	peakToPeak, frequency expression
	begin                 string
}

// loop counts a parameter from one value to another.
type loop struct {
	name         string
	from, to, by expression
}
