package bench

import (
	"math"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
)

func TestIntegral(t *testing.T) {
	begin := time.Unix(0, 0)
	at := func(s float64, v physic.ElectricPotential, a physic.ElectricCurrent) power.Reading {
		return power.Reading{Time: begin.Add(time.Duration(s * float64(time.Second))), Voltage: v, Current: a}
	}
	for _, tt := range []struct {
		name     string
		readings []power.Reading
		want     Energy
	}{
		{"nothing", nil, Energy{}},
		{"one reading", []power.Reading{at(0, 12*physic.Volt, physic.Ampere)}, Energy{Readings: 1}},
		{
			"constant power is certain",
			[]power.Reading{at(0, 12*physic.Volt, physic.Ampere), at(300, 12*physic.Volt, physic.Ampere)},
			Energy{Joules: 3600, Duration: 300 * time.Second, Readings: 2, Gap: 300 * time.Second},
		},
		{
			"a step lies somewhere between two readings",
			[]power.Reading{
				at(0, 10*physic.Volt, physic.Ampere), at(1, 10*physic.Volt, physic.Ampere), at(3, 10*physic.Volt, 3*physic.Ampere),
			},
			Energy{Joules: 10 + 40, Sampling: 20, Duration: 3 * time.Second, Readings: 3, Gap: 2 * time.Second},
		},
		{
			"what flows back counts against it",
			[]power.Reading{at(0, 10*physic.Volt, -physic.Ampere), at(1, 10*physic.Volt, -physic.Ampere)},
			Energy{Joules: -10, Duration: time.Second, Readings: 2, Gap: time.Second},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var sum integral
			sum.metering = metering{voltage: none, current: none}
			for _, r := range tt.readings {
				sum.add(r)
			}
			got := sum.Energy
			if math.Abs(got.Joules-tt.want.Joules) < 1e-9 && math.Abs(got.Sampling-tt.want.Sampling) < 1e-9 {
				got.Joules, got.Sampling = tt.want.Joules, tt.want.Sampling
			}
			if got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

func none(float64) float64 { return 0 }

// A sensor that is off is off in each of its readings.
func TestMeteringAddsUp(t *testing.T) {
	sum := integral{metering: metering{
		voltage: func(v float64) float64 { return 0.03 * v }, current: func(a float64) float64 { return 0.04 * a },
	}}
	for s := range 11 {
		sum.add(power.Reading{Time: time.Unix(int64(s), 0), Voltage: 10 * physic.Volt, Current: physic.Ampere})
	}
	if got, want := sum.Energy.Uncertainty(), 0.05*100; math.Abs(got-want) > 1e-9 {
		t.Errorf("100 J ± %g J, want %g", got, want)
	}
}
