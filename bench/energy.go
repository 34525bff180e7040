package bench

import (
	"fmt"
	"math"
	"sync"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/record"
	"otabench/bench/uncertainty"
	"otabench/power"
)

// Energy is what a rail delivered over a stretch of time.
type Energy struct {
	// Joules is the integral of voltage times current, by trapezoids between readings.
	Joules float64
	// Sampling is how far Joules may be off if the power between two readings was never outside of both, in joules.
	Sampling float64
	// Metering is the expanded uncertainty (k = 2) of what measured, in joules; NaN where nobody states it.
	Metering float64
	Duration time.Duration
	Readings int
	Gap      time.Duration // longest time between two readings
	Source   string        // what measured
	basis    record.Basis
}

// WattHours returns the energy in Wh.
func (e Energy) WattHours() float64 { return e.Joules / 3600 }

// Uncertainty is the expanded uncertainty (k = 2) of Joules; NaN where nobody states that of what measured.
func (e Energy) Uncertainty() float64 {
	return uncertainty.Expand(uncertainty.Within(e.Sampling), uncertainty.Expanded(e.Metering))
}

// Quantity is the energy in Wh.
func (e Energy) Quantity() Quantity {
	q := Quantity{Value: e.WattHours(), Unit: "Wh", Source: e.Source, Basis: &e.basis}
	if u := e.Uncertainty() / 3600; !math.IsNaN(u) {
		q.Uncertainty = new(rounded(u))
	}
	return q
}

func (e Energy) String() string {
	return fmt.Sprintf("%.4g Wh ± %.2g Wh in %v", e.WattHours(), e.Uncertainty()/3600, e.Duration)
}

// MeterEnergy adds up the readings of the rail's sampling, from now until the returned function is called. Its error says
// why there are none.
func (r *Rail) MeterEnergy() (stop func() (Energy, error)) {
	source, _, _ := r.source()
	sum := integral{Energy: Energy{Source: source}, metering: r.metering()}
	end := r.follow(sum.add)
	return sync.OnceValues(func() (Energy, error) {
		end()
		err := r.unreadable()
		if err == nil && sum.Readings < 2 {
			err = r.unread(nil)
		}
		if err != nil {
			return sum.Energy, fmt.Errorf("meter the energy of %s with %s: %w", r.role, source, err)
		}
		since := r.bench.opts.Record.Since
		sum.basis = record.Basis{Function: record.Energy, Subject: r.role, From: since(sum.first), To: since(sum.last)}
		return sum.Energy, nil
	})
}

// integral adds readings up.
type integral struct {
	Energy
	metering    metering
	first, last time.Time
	watts       float64 // of the last reading
	off         float64 // its uncertainty
}

func (i *integral) add(reading power.Reading) {
	volts, amperes := float64(reading.Voltage)/float64(physic.Volt), float64(reading.Current)/float64(physic.Ampere)
	watts, off := volts*amperes, i.metering.ofPower(volts, amperes)
	if i.Readings > 0 {
		gap := reading.Time.Sub(i.last)
		i.Joules += (watts + i.watts) / 2 * gap.Seconds()
		i.Sampling += math.Abs(watts-i.watts) / 2 * gap.Seconds()
		i.Metering += (off + i.off) / 2 * gap.Seconds() // what a sensor is off by is the same in each reading
		i.Duration += gap
		i.Gap = max(i.Gap, gap)
	} else {
		i.first = reading.Time
	}
	i.last, i.watts, i.off = reading.Time, watts, off
	i.Readings++
}
