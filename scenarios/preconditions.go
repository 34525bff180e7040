package scenarios

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"periph.io/x/conn/v3/physic"

	"otabench/bench/trigger"
	"otabench/ecu/description"
	"otabench/ecu/uds"
)

// belowGate is how far under a voltage gate the suite goes, and aboveGate how far over it: more than the gate's
// tolerance and any usual hysteresis.
const (
	belowGate = 700 * physic.MilliVolt
	aboveGate = 700 * physic.MilliVolt
)

var _ = Procedures("Preconditions", Requirement("UN-R156/7.2.2.5"), func() {
	DescribeTable("state of charge", Requirement("OTA-PRE-2"), Contributes("UN-R156/7.2.2.1.2"),
		func(ctx SpecContext, offset float64, charger, allowed bool) {
			unit, gate := Bench.Unit(), needChargeGate()
			before := identity(ctx)
			Step("set the battery to %g %%, charger %v", gate+offset, charger)
			setBattery(ctx, gate+offset, charger)

			Step("try to update")
			err := unit.Update(ctx, unit.Package("next"))
			if allowed {
				Expect(err).NotTo(HaveOccurred())
				return
			}
			Expect(err).To(beRefused())
			setBattery(ctx, 80, false)
			Expect(identity(ctx)).To(Equal(before), "a refused update changes nothing")
		},
		Entry("1 % below the gate: refused", Contributes("OTA-ALT-1"), -1.0, false, false),
		Entry("at the gate: allowed", 0.0, false, true),
		Entry("1 % above the gate: allowed", 1.0, false, true),
		Entry("far below the gate with a charger: allowed", Contributes("OTA-PRE-3"), -20.0, true, true),
		Entry("far below the gate without one: refused", Contributes("OTA-PRE-3", "OTA-ALT-1"), -20.0, false, false),
	)

	It("refuses to start below the voltage gate, and agrees above it",
		Requirement("OTA-PRE-2"), Contributes("OTA-ALT-1", "UN-R156/7.2.2.1.2"), func(ctx SpecContext) {
			unit := Bench.Unit()
			gate := needVoltageGate()
			rail := unit.Rail()
			before := identity(ctx)

			Step("lower %s to %s, below the gate of %s", rail, gate-belowGate, gate)
			Expect(rail.Set(ctx, gate-belowGate)).To(Succeed())
			voltageSettles(ctx, rail, gate-belowGate)
			Expect(unit.Update(ctx, unit.Package("next"))).To(beRefused())
			Expect(identity(ctx)).To(Equal(before), "a refused update changes nothing")

			Step("raise %s to %s, above the gate", rail, gate+aboveGate)
			Expect(rail.Set(ctx, gate+aboveGate)).To(Succeed())
			voltageSettles(ctx, rail, gate+aboveGate)
			Expect(unit.Update(ctx, unit.Package("next"))).To(Succeed())
		})

	It("refuses a block when the voltage falls below the gate during the transfer, and keeps the previous software",
		Requirement("OTA-POST-4", "UN-R156/7.2.2.1.1"), Contributes("OTA-ALT-1", "UN-R156/7.2.2.1.2"), func(ctx SpecContext) {
			unit := Bench.Unit()
			gate := needVoltageGate()
			rail := unit.Rail()
			before := identity(ctx)

			Step("hold the tester at block 3 until %s is down at %s", rail, gate-belowGate)
			held := unit.BeforeBlock(3, func() {
				defer GinkgoRecover()
				Expect(rail.Set(ctx, gate-belowGate)).To(Succeed())
				voltageSettles(ctx, rail, gate-belowGate)
			})
			err := unit.Update(ctx, unit.Package("next"))
			held()
			Expect(err).To(MatchError(uds.VoltageTooLow))

			Step("back to %s: the previous software answers", rail.Nominal())
			Expect(rail.Set(ctx, rail.Nominal())).To(Succeed())
			voltageSettles(ctx, rail, rail.Nominal())
			powerCycle(ctx)
			Expect(identity(ctx)).To(Equal(before))
			proveRecovery(ctx)
		})

	It("enforces its gates itself: a tester that skips the check of preconditions gets no programming session",
		Requirement("OTA-PRE-2"), Contributes("UN-R156/7.1.2.4"), func(ctx SpecContext) {
			unit, rail := Bench.Unit(), Bench.Unit().Rail()
			gate := needVoltageGate()
			sessions := unit.Description().Sessions
			enter := func() error {
				if _, err := unit.Client().DiagnosticSessionControl(ctx, sessions.Extended); err != nil {
					return err
				}
				_, err := unit.Client().DiagnosticSessionControl(ctx, sessions.Programming)
				return err
			}

			Step("state of charge 1 %% below its gate")
			setBattery(ctx, needChargeGate()-1, false)
			Expect(enter()).To(beRefused())
			setBattery(ctx, 80, false)

			Step("%s below the gate of %s", rail, gate)
			Expect(rail.Set(ctx, gate-belowGate)).To(Succeed())
			voltageSettles(ctx, rail, gate-belowGate)
			Expect(enter()).To(beRefused())

			Step("both in order")
			Expect(rail.Set(ctx, rail.Nominal())).To(Succeed())
			voltageSettles(ctx, rail, rail.Nominal())
			Expect(enter()).To(Succeed())
		})

	It("does not erase anything when it refuses",
		Contributes("OTA-ALT-1", "UN-R156/7.1.2.4"), func(ctx SpecContext) {
			unit := Bench.Unit()
			setBattery(ctx, needChargeGate()-1, false)
			erase := Bench.Arm(unit.Routine(unit.Description().Routines[description.Erase].ID).Sent(), trigger.Func("note an erase request", func() error { return nil }))
			Expect(unit.Update(ctx, unit.Package("next"))).To(beRefused())
			_, fired := erase.Firing()
			Expect(fired).To(BeFalse())
		})
})
