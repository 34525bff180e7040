package scenarios

import (
	"fmt"
	"math"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"periph.io/x/conn/v3/physic"

	"otabench/bench"
)

// unmet ends the spec as void: what the unit was to meet did not reach its terminals, so its answer proves nothing.
func unmet(rail *bench.Rail, format string, args ...any) {
	GinkgoHelper()
	err := fmt.Errorf("stimulus not met: "+format, args...)
	Bench.Fault(rail.String(), err)
	Fail(err.Error())
}

// pause lets time pass.
func pause(ctx SpecContext, d time.Duration) {
	GinkgoHelper()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		Fail(fmt.Sprintf("interrupted while waiting: %v", ctx.Err()))
	}
}

// needSensor returns the unit's rail, and ends the spec as not run where nothing measures at the unit's terminals.
func needSensor() *bench.Rail {
	GinkgoHelper()
	rail := Bench.Unit().Rail()
	if !rail.Sensed() {
		Skip(fmt.Sprintf("the bench file names no sensor for %s, so nothing shows what reaches the unit", rail))
	}
	return rail
}

// needReach ends the spec as not run where the rail may not be set to v.
func needReach(rail *bench.Rail, v physic.ElectricPotential) {
	GinkgoHelper()
	if v > rail.Highest() {
		Skip(fmt.Sprintf("%s may be set to %s at most, and the stimulus is %s", rail, rail.Highest(), v))
	}
}

// settle sets the rail and returns what its terminals measure once that stands still.
func settle(ctx SpecContext, rail *bench.Rail, v physic.ElectricPotential) bench.Settled {
	GinkgoHelper()
	Expect(rail.Set(ctx, v)).To(Succeed())
	settled, err := rail.Settle(ctx, v-tolerance, v+tolerance)
	if err != nil {
		unmet(rail, "%w", err)
	}
	return settled
}

// approach is settle for a unit that remembers where the voltage has been: it must not go past its goal.
func approach(ctx SpecContext, rail *bench.Rail, v physic.ElectricPotential) {
	GinkgoHelper()
	from := terminals(ctx, rail).Voltage
	settled := settle(ctx, rail, v)
	if past := overshoot(from, settled); past > gateResolution {
		unmet(rail, "the voltage goes past %s by %s", settled.Voltage, past)
	}
}

// overshoot is how far a voltage went past where it settled, coming from another one.
func overshoot(from physic.ElectricPotential, s bench.Settled) physic.ElectricPotential {
	if from < s.Voltage {
		return s.Highest - s.Voltage
	}
	return s.Voltage - s.Lowest
}

// settledAt is settle, and what is at the terminals then.
func settledAt(ctx SpecContext, rail *bench.Rail, v physic.ElectricPotential) bench.Sensed {
	GinkgoHelper()
	settle(ctx, rail, v)
	return terminals(ctx, rail)
}

// terminals measures what is at the unit's terminals now.
func terminals(ctx SpecContext, rail *bench.Rail) bench.Sensed {
	GinkgoHelper()
	v, err := rail.Terminals(ctx)
	if err != nil {
		unmet(rail, "%w", err)
	}
	return v
}

func inVolts(v physic.ElectricPotential) float64 { return float64(v) / float64(physic.Volt) }

func volts(v float64) physic.ElectricPotential {
	return physic.ElectricPotential(math.Round(v*1000)) * physic.MilliVolt
}
