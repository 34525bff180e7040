package bench

import (
	"cmp"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/power"
	"otabench/power/profile"
	"otabench/power/scpi"
	powersim "otabench/power/sim"
)

// Capability is what the rail can do to a voltage over time: what the bench file says, else what is assumed of bench
// supplies and relays, or known of simulated ones.
func Capability(f *config.File, rail string) profile.Capability {
	r := f.Rails[rail]
	assumed := typical()
	if config.IsVirtual(f.Supplies[r.Supply].Address) && f.Simulation != nil {
		assumed = simulated(f.Simulation.Rails[rail])
	}
	s := r.Stimulus
	can := profile.Capability{
		Highest:    r.Limits.Voltage,
		Resolution: cmp.Or(s.Resolution, assumed.Resolution),
		Latency:    cmp.Or(s.Latency, assumed.Latency),
		Jitter:     cmp.Or(s.Jitter, assumed.Jitter),
		Interval:   cmp.Or(s.Interval, assumed.Interval),
		Rise:       cmp.Or(s.Rise, assumed.Rise),
		Fall:       s.Fall,
		Decay:      cmp.Or(s.Decay, assumed.Decay),
	}
	if sequences, ok := scpi.Sequences(f.Supplies[r.Supply].Model); ok {
		can.List = listMode(sequences, cmp.Or(s.ListLatency, assumed.List.Latency))
	}
	if c := r.Changeover; c != nil {
		can.Second = &profile.Changeover{
			Latency:    cmp.Or(c.Latency, assumed.Second.Latency),
			Transition: cmp.Or(c.Transition, assumed.Second.Transition),
		}
	}
	if r.Switch != "" {
		can.Switch = &profile.Contact{
			Latency:  cmp.Or(s.SwitchLatency, assumed.Switch.Latency),
			Jitter:   cmp.Or(s.SwitchJitter, assumed.Switch.Jitter),
			Shortest: cmp.Or(s.Shortest, assumed.Switch.Shortest),
			Decay:    cmp.Or(s.OpenDecay, assumed.Switch.Decay),
		}
	}
	return can
}

// typical is a supply on a network, without a sink, and a relay. Many supplies need 20 ms to 120 ms for a command.
func typical() profile.Capability {
	return profile.Capability{
		Resolution: 10 * physic.MilliVolt,
		Latency:    50 * time.Millisecond, Jitter: 50 * time.Millisecond, Interval: 120 * time.Millisecond,
		Rise: 500 * physic.MilliVolt, Decay: 200 * time.Millisecond,
		List:   &profile.ListMode{Latency: 50 * time.Millisecond},
		Second: &profile.Changeover{Latency: 5 * time.Millisecond, Transition: 10 * time.Millisecond},
		Switch: &profile.Contact{
			Latency: 5 * time.Millisecond, Jitter: 2 * time.Millisecond, Shortest: 10 * time.Millisecond,
			Decay: 100 * time.Millisecond,
		},
	}
}

// simulated is what the simulation of a rail does without load. Consumers let it fall faster.
func simulated(wiring config.SimRail) profile.Capability {
	rail := cmp.Or(wiring.Capacitance, powersim.DefaultCapacitance)
	bleeder := cmp.Or(wiring.Bleeder, powersim.DefaultBleeder)
	return profile.Capability{
		Resolution: physic.MilliVolt, Jitter: time.Millisecond, Interval: 2 * time.Millisecond,
		Rise: powersim.DefaultSlew, Decay: constant(rail+powersim.DefaultOutputCapacitance, bleeder),
		List: &profile.ListMode{}, Second: &profile.Changeover{Transition: constant(rail, bleeder)},
		Switch: &profile.Contact{
			Jitter: 100 * time.Microsecond, Shortest: time.Millisecond, Decay: constant(rail, bleeder),
		},
	}
}

// listMode is what a supply's own sequences are to a planner.
func listMode(r power.SequenceRange, latency time.Duration) *profile.ListMode {
	return &profile.ListMode{
		Points: r.Points, Repeats: r.Repeats, MinDwell: r.MinDwell, MaxDwell: r.MaxDwell, Resolution: r.Resolution,
		Latency: latency,
	}
}

// constant is the time constant of a capacitor and a resistor.
func constant(c physic.ElectricalCapacitance, r physic.ElectricResistance) time.Duration {
	seconds := float64(c) / float64(physic.Farad) * float64(r) / float64(physic.Ohm)
	return time.Duration(seconds * float64(time.Second))
}

// Curve compiles a profile with the voltages that the bench file gives for the rail's units.
func Curve(f *config.File, rail string, p *profile.Profile) (*profile.Curve, error) {
	values := map[string]physic.ElectricPotential{}
	for _, parameter := range p.Parameters {
		if v, ok := f.Rails[rail].Stimulus.Parameters[parameter.Name]; ok {
			values[parameter.Name] = v
		}
	}
	return p.Compile(values)
}

// reader is how good the readings of the rail are: those of its sensor, or of the supply's own meter.
func (r *Rail) reader() (s profile.Sensor, source string) {
	if r.sensor == nil {
		return profile.Sensor{Age: meterPeriod, Volts: 20 * physic.MilliVolt, Percent: 0.1}, r.config.Supply
	}
	// TI SBOS547A: offset of 7.5 mV, gain error of 0.1 %, and half a step of 1.25 mV. Both conversions are 2.42 ms old
	// at most, and to read them takes another one.
	return profile.Sensor{Age: 3500 * time.Microsecond, Volts: 8200 * physic.MicroVolt, Percent: 0.1}, r.config.Sensor
}
