package power

import (
	"fmt"

	"periph.io/x/conn/v3/physic"
)

// Limits are what an Output never exceeds. All four must be positive: a channel without a protection is not energised.
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
	return fmt.Sprintf("%v %v, OVP %v, OCP %v", l.Voltage, l.Current, l.OVP, l.OCP)
}

// check says what is wrong with the limits for a channel of the given rating. Protections may lie above the rating: how
// far, only the instrument knows, and it refuses by itself.
func (l Limits) check(volts physic.ElectricPotential, amps physic.ElectricCurrent) error {
	switch {
	case l.Voltage <= 0 || l.Current <= 0 || l.OVP <= 0 || l.OCP <= 0:
		return fmt.Errorf("limits %v: %w: set voltage, current, OVP and OCP, all above zero", l, ErrLimit)
	case l.Voltage > volts:
		return fmt.Errorf("voltage limit %v: %w: the output is rated %v", l.Voltage, ErrLimit, volts)
	case l.Current > amps:
		return fmt.Errorf("current limit %v: %w: the output is rated %v", l.Current, ErrLimit, amps)
	case l.OVP < l.Voltage:
		return fmt.Errorf("OVP %v: %w: it would trip below the voltage limit %v", l.OVP, ErrLimit, l.Voltage)
	case l.OCP < l.Current:
		return fmt.Errorf("OCP %v: %w: it would trip below the current limit %v", l.OCP, ErrLimit, l.Current)
	}
	return nil
}
