package power

import (
	"fmt"

	"periph.io/x/conn/v3/physic"
)

// Limits are what an Output never exceeds. All four must be positive: a channel is not energised without the protections
// that it has. Only a protection that the instrument lacks (see [Guarded]) is zero.
type Limits struct {
	// Voltage is the largest voltage that may be set.
	Voltage physic.ElectricPotential
	// Current is the current limit: the supply lowers its voltage rather than deliver more.
	Current physic.ElectricCurrent
	// OVP is the voltage at which the supply switches the output off, at least Voltage.
	OVP physic.ElectricPotential
	// OCP is the current at which the supply switches the output off, at least Current.
	OCP physic.ElectricCurrent
}

func (l Limits) String() string {
	return fmt.Sprintf("%v %v, OVP %s, OCP %s", l.Voltage, l.Current, level(l.OVP), level(l.OCP))
}

// check says what is wrong with the limits for a channel. Protections may lie above its rating: how far, only the
// instrument knows, and it refuses by itself.
func (l Limits) check(ch Channel) error {
	volts, amps := ch.Rating()
	switch {
	case l.Voltage <= 0 || l.Current <= 0:
		return fmt.Errorf("limits %v: %w: set voltage and current above zero", l, ErrLimit)
	case l.Voltage > volts:
		return fmt.Errorf("voltage limit %v: %w: the output is rated %v", l.Voltage, ErrLimit, volts)
	case l.Current > amps:
		return fmt.Errorf("current limit %v: %w: the output is rated %v", l.Current, ErrLimit, amps)
	}
	ovp, ocp := protections(ch)
	if err := l.checkOVP(ovp); err != nil {
		return err
	}
	return l.checkOCP(ocp)
}
