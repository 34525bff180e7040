package power

import (
	"fmt"

	"periph.io/x/conn/v3/physic"
)

// Protection is how an instrument guards an output against too much of one quantity.
type Protection int

// Protections that instruments have. The zero value is that of a channel which says nothing else.
const (
	// Adjustable trips at a level of its own, which is programmed and read back.
	Adjustable Protection = iota
	// AtLimit trips as soon as the current limit acts. It has no level but the current limit.
	AtLimit
	// Missing: there is none, or none whose level can be set and read back.
	Missing
)

func (p Protection) String() string {
	if p < Adjustable || p > Missing {
		return fmt.Sprintf("Protection(%d)", int(p))
	}
	return [...]string{"adjustable", "at the current limit", "missing"}[p]
}

// Guarded is a Channel whose protections are not both adjustable. What is missing is left out of the [Limits], so that
// nobody reads there of a protection that does not exist.
type Guarded interface {
	Protections() (ovp, ocp Protection)
}

// protections asks a channel what it has.
func protections(ch Channel) (ovp, ocp Protection) {
	if g, ok := as[Guarded](ch); ok {
		return g.Protections()
	}
	return Adjustable, Adjustable
}

// checkOVP says what is wrong with the limits for an output with that overvoltage protection.
func (l Limits) checkOVP(has Protection) error {
	switch {
	case has == Missing && l.OVP != 0:
		return fmt.Errorf("OVP %v: %w: the output has no overvoltage protection that can be set; leave it out, then only "+
			"the voltage limit %v guards, read back after each change, and a sensor at the terminals", l.OVP, ErrLimit, l.Voltage)
	case has == Missing:
		return nil
	case l.OVP <= 0:
		return fmt.Errorf("limits %v: %w: set OVP above zero", l, ErrLimit)
	case l.OVP < l.Voltage:
		return fmt.Errorf("OVP %v: %w: it would trip below the voltage limit %v", l.OVP, ErrLimit, l.Voltage)
	}
	return nil
}

// checkOCP says what is wrong with the limits for an output with that overcurrent protection.
func (l Limits) checkOCP(has Protection) error {
	switch {
	case has == Missing && l.OCP != 0:
		return fmt.Errorf("OCP %v: %w: the output has no overcurrent protection that can be set; leave it out, then only "+
			"the current limit %v guards: the supply lowers its voltage and stays on", l.OCP, ErrLimit, l.Current)
	case has == Missing:
		return nil
	case l.OCP <= 0:
		return fmt.Errorf("limits %v: %w: set OCP above zero", l, ErrLimit)
	case has == AtLimit && l.OCP != l.Current:
		return fmt.Errorf("OCP %v: %w: the output trips when it reaches its current limit and has no other level; set OCP to "+
			"the current limit %v", l.OCP, ErrLimit, l.Current)
	case l.OCP < l.Current:
		return fmt.Errorf("OCP %v: %w: it would trip below the current limit %v", l.OCP, ErrLimit, l.Current)
	}
	return nil
}

// level is how a protection reads in text.
func level[Q interface {
	physic.ElectricPotential | physic.ElectricCurrent
	fmt.Stringer
}](q Q,
) string {
	if q == 0 {
		return "none"
	}
	return q.String()
}
