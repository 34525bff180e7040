package scenarios

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Procedures("Trial boot", Requirement("OTA-POST-4", "UN-R156/7.2.2.1.1"), func() {
	DescribeTable("reverts to the previous software",
		func(ctx SpecContext, role string) {
			unit := Bench.Unit()
			before := identity(ctx)
			bad := needPackage(role)

			Step("install %s %s", role, bad.Manifest.Version)
			watch := unit.Stopwatch()
			_ = unit.Update(ctx, bad) // whether the tester notices depends on when the software fails

			Step("wait for the revert")
			revertedTo(ctx, before)
			measure("from the start of the update to the previous software", watch.Stop(), atMost(120))
			proveRecovery(ctx)
		},
		Entry("when the new software crashes", Contributes("OTA-ALT-4"), "crashing"),
		Entry("when the new software hangs", Contributes("OTA-ALT-4"), "hanging"),
		Entry("when the new software never answers", Contributes("OTA-ALT-4"), "silent"),
		Entry("when the new software's self-test refuses the confirmation", Contributes("OTA-ALT-4"), "unhealthy"),
	)

	It("reverts when nobody confirms in time",
		func(ctx SpecContext) {
			unit := Bench.Unit()
			before := identity(ctx)
			Expect(unit.Install(ctx, unit.Package("next"))).To(Succeed())
			Expect(identity(ctx).Software).To(Equal(unit.Package("next").Manifest.Version))

			Step("confirm nothing, for up to %v", unit.Description().Timing.Confirm)
			revertedTo(ctx, before)
			proveRecovery(ctx)
		})

	It("reverts when the trial is reset before it is confirmed",
		func(ctx SpecContext) {
			unit := Bench.Unit()
			before := identity(ctx)
			Expect(unit.Install(ctx, unit.Package("next"))).To(Succeed())
			powerCycle(ctx)
			revertedTo(ctx, before)
			proveRecovery(ctx)
		})

	It("does not advance the security counter before the confirmation",
		Requirement("UN-R156/7.1.3.1"), func(ctx SpecContext) {
			unit := Bench.Unit()
			before := identity(ctx)
			Expect(unit.Install(ctx, needPackage("advance"))).To(Succeed())
			Expect(identity(ctx).Counter).To(Equal(before.Counter))
			revertedTo(ctx, before)
			proveRecovery(ctx)
		})
})
