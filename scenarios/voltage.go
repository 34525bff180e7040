package scenarios

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"periph.io/x/conn/v3/physic"

	"otabench/bench"
)

var _ = Procedures("Supply voltage during an update", Label("voltage"),
	Requirement("OTA-POST-4", "UN-R156/7.2.2.1.1"), Contributes("OTA-ALT-1", "UN-R156/7.2.2.1.2"), func() {
		inEachPhase("too low", func(ctx SpecContext, p phase) {
			gate := needVoltageGate()
			outsideGate(ctx, p, atMost(inVolts(gate)), gate-belowGate)
		})

		inEachPhase("too high", func(ctx SpecContext, p phase) {
			gate := needMaxVoltageGate()
			outsideGate(ctx, p, atLeast(inVolts(gate)), gate+aboveGate)
		})
	})

// outsideGate brings the voltage out of a gate in a phase and leaves it there until the tester has finished or given
// up. The unit refuses what would change its memory; afterwards it is whole, whatever it did.
func outsideGate(ctx SpecContext, p phase, outside limit, level physic.ElectricPotential) {
	GinkgoHelper()
	rail := needSensor()
	needReach(rail, level)
	before := identity(ctx)

	tester, stop := p.hold(func() {
		Step("hold the tester until %s is at %s, outside of the unit's gates", rail, level)
		met(rail, "voltage at the terminals when the phase begins", settledAt(ctx, rail, level), outside)
	})
	err := p.run(ctx)
	stop()
	switch {
	case !tester.reached && err == nil:
		Skip(fmt.Sprintf("the programming sequence of %s has nothing to hold %s", Bench.Unit().Name(), p))
	case !tester.reached:
		Expect(err).NotTo(HaveOccurred())
	}
	met(rail, "voltage at the terminals when the tester is done", terminals(ctx, rail), outside)
	if p.decided || p.rollback {
		remark(err)
	} else {
		Expect(err).To(beRejected())
		Expect(tester.furthest <= p.latest).To(BeTrue(), "the tester came to phase %s, past %s", tester.furthest, p.latest)
	}

	Step("back to %s, and a power cycle", rail.Nominal())
	settle(ctx, rail, rail.Nominal())
	powerCycle(ctx)
	if kept := keeps(ctx, before); !p.decided {
		Expect(kept.Same(before)).To(BeTrue(), "%v runs, want the previous software", kept)
	}
	proveRecovery(ctx)
}

// met records what a stimulus was at the terminals, and voids the spec if that is not what it should have been.
func met(rail *bench.Rail, name string, v bench.Sensed, want limit) {
	GinkgoHelper()
	recordMeasurement(name, v.Quantity, want)
	if !want.holds(v.Value) {
		unmet(rail, "%s is %v", name, v.Voltage)
	}
}
