package bench

import (
	"math"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/uncertainty"
	"otabench/power"
	"otabench/power/scpi"
	"otabench/power/sense"
)

const (
	// warmth is how far from 25 °C an instrument of a bench may be, in kelvin.
	warmth = 20
	// shuntTolerance is in parts, where the bench file says nothing.
	shuntTolerance = 0.01
)

// metering is how well something measures a rail.
type metering struct {
	voltage, current func(reading float64) float64 // expanded uncertainties; nil where nobody states them
}

// metering is that of the sensor at the rail's terminals, or else of the supply's own meter.
func (r *Rail) metering() metering {
	if r.sensor != nil {
		return sensorMetering(r.bench.file.Sensors[r.config.Sensor])
	}
	s := r.bench.file.Supplies[r.config.Supply]
	m := stated(s.Uncertainty)
	voltage, current, known := scpi.AccuracyOf(s.Model)
	if known && m.voltage == nil {
		m.voltage = func(v float64) float64 { return uncertainty.Expand(contributions(voltage, v)...) }
	}
	if known && m.current == nil {
		m.current = func(a float64) float64 { return uncertainty.Expand(contributions(current, a)...) }
	}
	return m
}

func sensorMetering(s config.Sensor) metering {
	m := stated(s.Uncertainty)
	bus, shunt, known := sense.AccuracyOf(s.Model)
	if !known {
		return m
	}
	if m.voltage == nil {
		m.voltage = func(v float64) float64 { return uncertainty.Expand(contributions(bus, v)...) }
	}
	if m.current == nil {
		ohms := float64(s.Shunt) / float64(physic.Ohm)
		tolerance := shuntTolerance
		if s.ShuntTolerance != 0 {
			tolerance = s.ShuntTolerance / 100
		}
		m.current = func(a float64) float64 {
			all := contributions(shunt, a*ohms)
			return uncertainty.Expand(append(all, uncertainty.Within(a*ohms*tolerance))...) / ohms
		}
	}
	return m
}

// stated is what a calibration certificate says.
func stated(u config.Uncertainty) (m metering) {
	if u.StatesVoltage() {
		m.voltage = func(v float64) float64 {
			return float64(u.Voltage)/float64(physic.Volt) + math.Abs(v)*u.VoltagePercent/100
		}
	}
	if u.StatesCurrent() {
		m.current = func(a float64) float64 {
			return float64(u.Current)/float64(physic.Ampere) + math.Abs(a)*u.CurrentPercent/100
		}
	}
	return m
}

// contributions are those of a data sheet to one reading.
func contributions(a power.Accuracy, reading float64) []uncertainty.Standard {
	return []uncertainty.Standard{
		uncertainty.Within(a.Offset), uncertainty.Within(a.OffsetPerKelvin * warmth),
		uncertainty.Within(a.Gain * reading), uncertainty.Within(a.GainPerKelvin * warmth * reading),
		uncertainty.Step(a.Step),
	}
}

// of is the uncertainty of a voltage.
func (m metering) ofVoltage(v float64) *float64 {
	if m.voltage == nil {
		return nil
	}
	return new(rounded(m.voltage(v)))
}

// ofPower is the uncertainty of a power in W, of which that of the voltage and that of the current are parts.
func (m metering) ofPower(volts, amperes float64) float64 {
	if m.voltage == nil || m.current == nil {
		return math.NaN()
	}
	return math.Hypot(m.voltage(volts)*amperes, m.current(amperes)*volts)
}

// program is how far off a time may be that a program notes when its turn comes.
const program = time.Millisecond

// StampUncertainty is the expanded uncertainty of a time between two frames of a bus. In virtual time there is none.
func (b *Bench) StampUncertainty(bus string) time.Duration {
	if b.opts.Record.Virtual() {
		return 0
	}
	one := uncertainty.Within(b.file.Buses[bus].StampLimit().Seconds())
	return seconds(uncertainty.Expand(one, one))
}

// ClockUncertainty is the expanded uncertainty of a time between two things that a program did or saw. In virtual time
// there is none.
func (b *Bench) ClockUncertainty() time.Duration {
	if b.opts.Record.Virtual() {
		return 0
	}
	one := uncertainty.Within(program.Seconds())
	return seconds(uncertainty.Expand(one, one))
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// rounded has two significant digits, as is usual for uncertainties (JCGM 100, 7.2.6), and is rounded up.
func rounded(u float64) float64 {
	if u == 0 || math.IsNaN(u) {
		return u
	}
	// The power of ten is divided by where it is negative, so that the result reads as it should.
	digits := 1 - int(math.Floor(math.Log10(u)))
	if digits < 0 {
		return u
	}
	scale := math.Pow10(digits)
	return math.Ceil(u*scale-1e-9) / scale
}
