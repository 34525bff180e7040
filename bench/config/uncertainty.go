package config

import (
	"cmp"
	"strings"
	"time"

	"periph.io/x/conn/v3/physic"
)

// Uncertainty is what the calibration certificate of an instrument says of its readings: expanded, with k = 2. The absolute
// part and the one in percent of the reading are added up.
type Uncertainty struct {
	Voltage        physic.ElectricPotential `yaml:"voltage,omitempty" jsonschema:"description=of a voltage such as 5mV"`
	VoltagePercent float64                  `yaml:"voltage_percent,omitempty" jsonschema:"description=of a voltage in percent of the reading,minimum=0,maximum=100"`
	Current        physic.ElectricCurrent   `yaml:"current,omitempty" jsonschema:"description=of a current such as 2mA"`
	CurrentPercent float64                  `yaml:"current_percent,omitempty" jsonschema:"description=of a current in percent of the reading,minimum=0,maximum=100"`
}

// StatesVoltage and StatesCurrent report whether it says anything of that quantity.
func (u Uncertainty) StatesVoltage() bool { return u.Voltage != 0 || u.VoltagePercent != 0 }

// StatesCurrent is StatesVoltage for a current.
func (u Uncertainty) StatesCurrent() bool { return u.Current != 0 || u.CurrentPercent != 0 }

// stamps are how far the time stamps of frames may be off where the bench file does not say it, by the kind of bus.
var stamps = map[string]time.Duration{
	"socketcan":  500 * time.Microsecond, // stamped by software in the interrupt, which waits on a busy computer
	"slcan":      3 * time.Millisecond,   // stamped when the line was read; USB asks each millisecond
	"socketcand": 10 * time.Millisecond,  // stamped by a computer behind a network
	"virtual":    time.Millisecond,       // stamped by a goroutine, which waits for its turn
}

// StampLimit is how far the time stamp of a frame may be off, from StampUncertainty or what stands for it.
func (b Bus) StampLimit() time.Duration {
	kind, _, _ := strings.Cut(b.Address, ":")
	return cmp.Or(b.StampUncertainty, stamps[kind])
}
