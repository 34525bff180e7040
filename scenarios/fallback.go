package scenarios

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Procedures("Update within a trial", Label("fallback"), Requirement("OTA-POST-4", "UN-R156/7.2.2.1.1"), func() {
	It("leaves alone what the trial falls back to", func(ctx SpecContext) {
		unit := Bench.Unit()
		before := identity(ctx)
		next := unit.Package("next")
		Step("install release %s, which is then on trial", next.Manifest.Version)
		Expect(unit.Install(ctx, next)).To(Succeed())

		Step("install it once more, before anybody has confirmed it")
		remark(unit.Install(ctx, next)) // the unit may refuse this or not

		powerCycle(ctx)
		revertedTo(ctx, before)
		proveRecovery(ctx)
	})
})
