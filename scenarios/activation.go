package scenarios

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/ecu"
	"otabench/ecu/description"
	"otabench/ecu/firmware/hostile"
)

var _ = Procedures("Activation", Label("verdict"), Requirement("UN-R156/7.1.3.1", "OTA-MAIN-3"), func() {
	It("reports a damaged image when it verifies it, and refuses to activate it whatever the tester makes of that",
		func(ctx SpecContext) {
			needVerifiedActivation()
			before := identity(ctx)

			Step("send a package with a bit flipped in its image")
			programmer, blocks := opened(ctx, hostile.Tamper(Bench.Unit().Package("next"), hostile.ImageMiddle).Package)
			send(ctx, programmer, blocks)
			Expect(programmer.Verify(ctx)).To(beRejected())

			Step("activate it all the same")
			Expect(programmer.Activate(ctx)).To(beRejected())
			keptPrevious(ctx, before)
		})

	It("refuses to activate what was sent after the verification",
		func(ctx SpecContext) {
			needVerifiedActivation()
			unit := Bench.Unit()
			before := identity(ctx)

			Step("send a good package and have it verified")
			programmer, blocks := opened(ctx, unit.Package("next"))
			send(ctx, programmer, blocks)
			Expect(programmer.Verify(ctx)).To(Succeed())

			Step("send a damaged one in its place, and activate that")
			programmer, blocks = opened(ctx, hostile.Tamper(unit.Package("next"), hostile.ImageMiddle).Package)
			send(ctx, programmer, blocks)
			Expect(programmer.Activate(ctx)).To(beRejected())
			keptPrevious(ctx, before)
		})
})

func needVerifiedActivation() {
	GinkgoHelper()
	routines := Bench.Unit().Description().Routines
	needRoutine(description.Verify, routines[description.Verify].ID)
	needRoutine(description.Activate, routines[description.Activate].ID)
}

// keptPrevious shows that the previous software runs as it was, and that the unit can be updated.
func keptPrevious(ctx SpecContext, before ecu.Identity) {
	GinkgoHelper()
	Step("the previous software runs, also after a power cycle")
	powerCycle(ctx)
	Expect(identity(ctx)).To(Equal(before))
	proveRecovery(ctx)
}
