package sim

import (
	"fmt"

	"periph.io/x/conn/v3/physic"
)

// Terminal is where one consumer is connected to a rail.
type Terminal struct {
	rail     *Rail
	consumer string
}

func (t *Terminal) String() string { return fmt.Sprintf("%s of %s", t.rail, t.consumer) }

// Voltage returns the voltage at this moment.
func (t *Terminal) Voltage() physic.ElectricPotential { return t.rail.Voltage() }

// Draw sets the current that the consumer draws from now on, whatever the voltage; a negative one counts as none. At 0 V
// nothing flows.
func (t *Terminal) Draw(i physic.ElectricCurrent) { t.rail.draw(t, i) }

// Notify calls f whenever the voltage crosses level, rising true when it is at or above level afterwards. Calls come one
// at a time for all of a rail's consumers, in order, at the moment of the crossing and without any lock held: f may use
// the rail, must not block, and is not called any more once stop has returned, unless a call is in progress.
func (t *Terminal) Notify(level physic.ElectricPotential, f func(rising bool)) (stop func()) {
	return t.rail.node.watchLevel(volts(level), f)
}
