package power

import "periph.io/x/conn/v3/physic"

// Floored is a Channel that cannot be set to zero: Floor is the smallest voltage it takes, some 20 mV on instruments that
// have one. Such an output is at nothing only when it is off.
type Floored interface {
	Floor() physic.ElectricPotential
}

// floor returns the smallest voltage that a channel can be set to.
func floor(ch Channel) physic.ElectricPotential {
	if f, ok := as[Floored](ch); ok {
		return f.Floor()
	}
	return 0
}
