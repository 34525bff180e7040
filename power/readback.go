package power

import (
	"errors"
	"fmt"

	"periph.io/x/conn/v3/physic"
)

// How far a read-back value may lie from the one that was told: the coarsest programming step among common bench
// supplies. A larger difference means that the instrument did not take the value.
const (
	VoltageTolerance = 10 * physic.MilliVolt
	CurrentTolerance = 10 * physic.MilliAmpere
)

// settings are what a channel under these limits should answer.
func (l Limits) settings(v physic.ElectricPotential, on bool) Settings {
	return Settings{Voltage: v, Current: l.Current, OVP: l.OVP, OCP: l.OCP, On: on}
}

// compare returns ErrReadBack with every value that differs.
func compare(got, want Settings) error {
	return errors.Join(
		near("voltage", got.Voltage, want.Voltage, VoltageTolerance),
		near("current limit", got.Current, want.Current, CurrentTolerance),
		near("OVP", got.OVP, want.OVP, VoltageTolerance),
		near("OCP", got.OCP, want.OCP, CurrentTolerance),
		same("output on", got.On, want.On),
	)
}

func near[Q interface {
	~int64
	fmt.Stringer
}](what string, got, want, tolerance Q,
) error {
	if got-want > tolerance || want-got > tolerance {
		return fmt.Errorf("%s: %w: told %v, it holds %v", what, ErrReadBack, want, got)
	}
	return nil
}

func same(what string, got, want bool) error {
	if got != want {
		return fmt.Errorf("%s: %w: told %v, it says %v", what, ErrReadBack, want, got)
	}
	return nil
}
