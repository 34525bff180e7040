package scenarios

import (
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"periph.io/x/conn/v3/physic"

	"otabench/bench"
	"otabench/ecu"
	"otabench/ecu/firmware"
)

// Step begins a step of the test procedure. Its text stands in the report, the record and the trace.
func Step(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	Bench.Step(text)
	By(text)
}

// identity waits for the unit and reads who it is.
func identity(ctx SpecContext) ecu.Identity {
	GinkgoHelper()
	id, err := Bench.Unit().WhoAmI(ctx)
	Expect(err).NotTo(HaveOccurred())
	return id
}

// powerCycle switches the unit off, waits until its line is dead, switches it on and waits until it answers.
func powerCycle(ctx SpecContext) {
	GinkgoHelper()
	Step("power cycle %s", Bench.Unit().Rail())
	Expect(Bench.Unit().PowerCycle(ctx)).To(Succeed())
	identity(ctx)
	if b := Bench.File().Battery; b != nil {
		pause(ctx, b.Cycle) // a unit that has booted has heard of the battery once this is over
	}
}

// powerReturns waits until the rail's voltage is back after a cut.
func powerReturns(ctx SpecContext) {
	GinkgoHelper()
	rail := Bench.Unit().Rail()
	Step("wait until %s is back", rail)
	voltageSettles(ctx, rail, rail.Nominal())
}

// tolerance is how far a rail may be from what it was set to.
const tolerance = 300 * physic.MilliVolt

// voltageSettles waits until the terminals measure the wished voltage, and voids the spec if they do not.
func voltageSettles(ctx SpecContext, rail *bench.Rail, want physic.ElectricPotential) {
	GinkgoHelper()
	if err := rail.Await(ctx, want-tolerance, want+tolerance); err != nil {
		unmet(rail, "%w", err)
	}
}

// reverting bounds how long a unit may take to go back to its previous software by itself.
func reverting(unit *bench.ECU) time.Duration {
	t := unit.Description().Timing
	return t.Confirm + 4*t.Boot
}

// revertedTo waits until the unit is back at the identity that it had, however many boots that takes.
func revertedTo(ctx SpecContext, before ecu.Identity) {
	GinkgoHelper()
	unit := Bench.Unit()
	Expect(unit.AwaitIdentity(ctx, reverting(unit), before.Same)).To(Succeed())
	Step("the previous software %s is back and stays", before.Software)
	powerCycle(ctx)
	Expect(identity(ctx).Same(before)).To(BeTrue())
}

// proveRecovery shows that what was disturbed can still be reflashed whole: with the current software again, which the
// next spec starts from. That it is not the old copy shows in the slot, where the unit has slots.
func proveRecovery(ctx SpecContext) {
	GinkgoHelper()
	unit := Bench.Unit()
	before := identity(ctx)
	chargeBattery(ctx)
	Step("recovery: a complete reflash")
	Expect(unit.Update(ctx, unit.Package("current"))).To(Succeed())
	after := identity(ctx)
	Expect(after.Software).To(Equal(unit.Package("current").Manifest.Version))
	if before.Slot != "" {
		Expect(after.Slot).NotTo(Equal(before.Slot))
	}
}

// chargeBattery makes sure that the unit, which may have just booted, has heard of a battery that is charged well.
func chargeBattery(ctx SpecContext) {
	GinkgoHelper()
	setBattery(ctx, 80, false)
}

func setBattery(ctx SpecContext, percent float64, charger bool) {
	GinkgoHelper()
	if b := Bench.Battery(); b != nil {
		Expect(b.Set(ctx, percent, charger)).To(Succeed())
	}
}

// needPackage returns a package, and ends the spec as not run where the bench file has none in that role.
func needPackage(role string) *firmware.Package {
	GinkgoHelper()
	if !Bench.Unit().HasPackage(role) {
		Skip(fmt.Sprintf("the bench file names no package %q for %s", role, Bench.Unit().Name()))
	}
	return Bench.Unit().Package(role)
}

func needRoutine(name string, id uint16) uint16 {
	GinkgoHelper()
	if id == 0 {
		Skip(fmt.Sprintf("the description of %s names no routine %q", Bench.Unit().Name(), name))
	}
	return id
}

func needChargeGate() float64 {
	GinkgoHelper()
	gate := Bench.Unit().Description().Gates.MinCharge
	if gate == 0 || Bench.Battery() == nil {
		Skip("the bench file has no gate for the state of charge, or no battery message")
	}
	return gate
}

func needMaxVoltageGate() physic.ElectricPotential {
	GinkgoHelper()
	gate := Bench.Unit().Description().Gates.MaxVoltage
	if gate == 0 {
		Skip("the description has no gate for a high supply voltage")
	}
	return gate
}

func needVoltageGate() physic.ElectricPotential {
	GinkgoHelper()
	gate := Bench.Unit().Description().Gates.MinVoltage
	if gate == 0 {
		Skip("the description has no gate for the supply voltage")
	}
	return gate
}
