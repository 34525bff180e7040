package description

import (
	"cmp"

	"periph.io/x/conn/v3/physic"
)

// Gates are the conditions under which the ECU agrees to be programmed. They are limits for verdicts; zero is no gate.
type Gates struct {
	MinVoltage physic.ElectricPotential `yaml:"min_voltage,omitempty" json:"min_voltage,omitempty" jsonschema:"description=voltage at the terminals below which an update is refused"`
	MaxVoltage physic.ElectricPotential `yaml:"max_voltage,omitempty" json:"max_voltage,omitempty" jsonschema:"description=voltage at the terminals above which an update is refused"`
	// VoltageTolerance is how far a threshold that is measured at the terminals may be from the one described here.
	VoltageTolerance physic.ElectricPotential `yaml:"voltage_tolerance,omitempty" json:"voltage_tolerance,omitempty" jsonschema:"description=how far a measured voltage threshold may be from the described one; 100mV if left out"`
	// VoltageHysteresis is how far the voltage has to come back behind a gate before the ECU agrees again. Zero says that
	// nothing is known of it.
	VoltageHysteresis physic.ElectricPotential `yaml:"voltage_hysteresis,omitempty" json:"voltage_hysteresis,omitempty" jsonschema:"description=how far the voltage has to come back before an update is accepted again; measured and not judged if left out"`

	MinCharge float64 `yaml:"min_charge,omitempty" json:"min_charge,omitempty" jsonschema:"description=state of charge in percent below which an update is refused unless a charger is connected,minimum=0,maximum=100"`
	// ChargeTolerance and ChargeHysteresis are the same for the state of charge, in percent of a full battery.
	ChargeTolerance  float64 `yaml:"charge_tolerance,omitempty" json:"charge_tolerance,omitempty" jsonschema:"description=how far a measured threshold of the state of charge may be from the described one in percent; 0.5 if left out,minimum=0,maximum=100"`
	ChargeHysteresis float64 `yaml:"charge_hysteresis,omitempty" json:"charge_hysteresis,omitempty" jsonschema:"description=how far the state of charge has to rise again before an update is accepted in percent; measured and not judged if left out,minimum=0,maximum=100"`
	// Energy is what the vehicle's maker guarantees this ECU, in Wh at its terminals, when the battery is at its gates: what
	// is left of the battery, old and cold, when everything else that is awake during an update has had its share.
	Energy float64 `yaml:"energy,omitempty" json:"energy,omitempty" jsonschema:"description=energy in Wh that is guaranteed to the ECU at its terminals when the battery is at the gates; measured and not judged if left out,minimum=0"`
}

// withDefaults gives gates that exist their tolerance.
func (g Gates) withDefaults() Gates {
	if g.MinVoltage != 0 || g.MaxVoltage != 0 {
		g.VoltageTolerance = cmp.Or(g.VoltageTolerance, 100*physic.MilliVolt)
	}
	if g.MinCharge != 0 {
		g.ChargeTolerance = cmp.Or(g.ChargeTolerance, 0.5)
	}
	return g
}

func (l *list) gates(g Gates) {
	l.reject(g.MinVoltage < 0, "gates.min_voltage", "%v is below 0V", g.MinVoltage)
	l.reject(g.MaxVoltage != 0 && g.MaxVoltage <= g.MinVoltage, "gates.max_voltage", "%v is not above the minimum of %v", g.MaxVoltage, g.MinVoltage)
	l.reject(g.VoltageTolerance < 0, "gates.voltage_tolerance", "%v is below 0V", g.VoltageTolerance)
	l.reject(g.VoltageHysteresis < 0, "gates.voltage_hysteresis", "%v is below 0V", g.VoltageHysteresis)
	shut := g.MaxVoltage != 0 && g.MinVoltage+2*g.VoltageHysteresis >= g.MaxVoltage
	l.reject(shut && g.MaxVoltage > g.MinVoltage, "gates.voltage_hysteresis", "%v leaves no voltage that opens both gates again", g.VoltageHysteresis)
	l.percent(g.MinCharge, "gates.min_charge")
	l.percent(g.ChargeTolerance, "gates.charge_tolerance")
	l.percent(g.ChargeHysteresis, "gates.charge_hysteresis")
	l.reject(g.MinCharge+g.ChargeHysteresis > 100, "gates.charge_hysteresis", "no charge of up to 100 opens the gate of %v again", g.MinCharge)
	l.reject(!(g.Energy >= 0) || !finite(g.Energy), "gates.energy", "%v is out of range; accepted: 0 and above, in Wh", g.Energy)
}

func (l *list) percent(v float64, path string) {
	l.reject(!(v >= 0 && v <= 100), path, "%v is out of range; accepted: 0 to 100", v)
}
