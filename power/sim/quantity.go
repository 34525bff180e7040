package sim

import (
	"math"

	"periph.io/x/conn/v3/physic"
)

func volts(v physic.ElectricPotential) float64 { return float64(v) / float64(physic.Volt) }
func amperes(i physic.ElectricCurrent) float64 { return float64(i) / float64(physic.Ampere) }
func ohms(r physic.ElectricResistance) float64 { return float64(r) / float64(physic.Ohm) }
func farads(c physic.ElectricalCapacitance) float64 {
	return float64(c) / float64(physic.Farad)
}

func potential(v float64) physic.ElectricPotential {
	return physic.ElectricPotential(math.Round(v * float64(physic.Volt)))
}

func current(i float64) physic.ElectricCurrent {
	return physic.ElectricCurrent(math.Round(i * float64(physic.Ampere)))
}
