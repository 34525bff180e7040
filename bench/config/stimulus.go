package config

import (
	"time"

	"periph.io/x/conn/v3/physic"
)

// Stimulus is what a rail can do to a voltage over time, as measured, and the values of its units that voltage profiles
// leave open. What is left out is assumed.
type Stimulus struct {
	Parameters map[string]physic.ElectricPotential `yaml:"parameters,omitempty" jsonschema:"description=voltages of the units on the rail by their name in profiles such as Usmin"`

	Latency  time.Duration `yaml:"latency,omitempty" jsonschema:"description=from a command to the first change at the terminals such as 30ms"`
	Jitter   time.Duration `yaml:"jitter,omitempty" jsonschema:"description=by how much the latency varies"`
	Interval time.Duration `yaml:"interval,omitempty" jsonschema:"description=least time between two commands to the supply"`
	// Rise and Fall are voltages per millisecond. A supply without Fall cannot sink.
	Rise  physic.ElectricPotential `yaml:"rise,omitempty" jsonschema:"description=how much the terminals rise in a millisecond"`
	Fall  physic.ElectricPotential `yaml:"fall,omitempty" jsonschema:"description=how much a supply that sinks lets them fall in a millisecond; left out for one that cannot"`
	Decay time.Duration            `yaml:"decay,omitempty" jsonschema:"description=time constant with which the load discharges the terminals and the supply"`

	// ListLatency is for supplies that step through voltages by themselves.
	ListLatency time.Duration `yaml:"list_latency,omitempty" jsonschema:"description=from the command that starts the supply's own list of voltages to the first change at the terminals"`

	Resolution physic.ElectricPotential `yaml:"resolution,omitempty" jsonschema:"description=step in which the supply sets its voltage"`

	SwitchLatency time.Duration `yaml:"switch_latency,omitempty" jsonschema:"description=from a command to the moved contact"`
	SwitchJitter  time.Duration `yaml:"switch_jitter,omitempty" jsonschema:"description=by how much the time for which the switch is open varies"`
	Shortest      time.Duration `yaml:"shortest,omitempty" jsonschema:"description=shortest time for which the switch opens"`
	OpenDecay     time.Duration `yaml:"open_decay,omitempty" jsonschema:"description=time constant with which the terminals fall while the switch is open"`
}
