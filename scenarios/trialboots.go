package scenarios

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Procedures("Number of trial boots", Label("trials"), Requirement("OTA-POST-4", "UN-R156/7.2.2.1.1"), func() {
	It("boots unconfirmed software as often as its description says, and no more", func(ctx SpecContext) {
		unit := Bench.Unit()
		boots := unit.Description().Programming.TrialBoots
		if boots == 0 {
			Skip("the description does not say how often unconfirmed software is booted")
		}
		before := identity(ctx)
		next := unit.Package("next")
		Step("install release %s, which is then booted for the first time", next.Manifest.Version)
		Expect(unit.Install(ctx, next)).To(Succeed())
		for n := 2; n <= boots; n++ {
			powerCycle(ctx)
			Expect(identity(ctx).Software).To(Equal(next.Manifest.Version), "boot %d of %d", n, boots)
		}

		Step("after %d boots that nobody has confirmed, the next one is of the previous software", boots)
		powerCycle(ctx)
		Expect(identity(ctx).Same(before)).To(BeTrue(), "the previous software runs")
		proveRecovery(ctx)
	})
})
