package sim

import "periph.io/x/conn/v3/physic"

// Terminal is where the ECU meets its supply. The ECU calls none of its methods while it holds a lock.
type Terminal interface {
	// Voltage returns the voltage at this moment.
	Voltage() physic.ElectricPotential
	// Draw sets the load that the ECU is from now on.
	Draw(physic.ElectricCurrent)
	// Notify has f run whenever the voltage crosses level, until stop. f does not block.
	Notify(level physic.ElectricPotential, f func(rising bool)) (stop func())
}

// Fixed is a terminal with a voltage that never changes, for an ECU without a supply.
type Fixed physic.ElectricPotential

// Voltage implements Terminal.
func (f Fixed) Voltage() physic.ElectricPotential { return physic.ElectricPotential(f) }

// Draw implements Terminal.
func (Fixed) Draw(physic.ElectricCurrent) {}

// Notify implements Terminal.
func (Fixed) Notify(physic.ElectricPotential, func(bool)) (stop func()) { return func() {} }
