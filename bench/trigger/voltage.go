package trigger

import (
	"fmt"

	"periph.io/x/conn/v3/physic"
)

// Rising is met when a rail's voltage rises through a level: one reading is below it and the next is not. See [Falling]
// for how exact that is.
func Rising(rail string, level physic.ElectricPotential) Condition {
	return each(fmt.Sprintf("%s rises through %v", rail, level), Voltage, func(o Observation) bool {
		return o.Source == rail && o.Before < level && o.Volts >= level
	})
}

// Falling is met when a rail's voltage falls through a level: one reading is above it and the next is not. The moment is
// that of the second reading. The voltage crossed the level at some time between the two, which the firing's event
// states: 1 ms with a sensor at the terminals, 1 s where only the supply's own meter measures. There is no hysteresis:
// noise that crosses the level counts.
func Falling(rail string, level physic.ElectricPotential) Condition {
	return each(fmt.Sprintf("%s falls through %v", rail, level), Voltage, func(o Observation) bool {
		return o.Source == rail && o.Before > level && o.Volts <= level
	})
}
