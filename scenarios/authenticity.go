package scenarios

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/ecu/firmware"
	"otabench/ecu/firmware/hostile"
)

var _ = Procedures("Authenticity and integrity", Requirement("UN-R156/7.1.3.1", "UN-R156/7.2.1.1", "OTA-MAIN-3"), func() {
	DescribeTable("a damaged package is rejected and the previous software stays",
		func(ctx SpecContext, damage func(*firmware.Package) *firmware.Package) {
			rejects(ctx, damage(Bench.Unit().Package("next")))
		},
		Entry("a bit flipped in the manifest", tamper(hostile.Manifest)),
		Entry("a bit flipped in the signature", tamper(hostile.Signature)),
		Entry("no signature", func(p *firmware.Package) *firmware.Package {
			c := p.Clone()
			clear(c.Signature)
			return c
		}),
		Entry("a bit flipped in the first byte of the image", tamper(hostile.ImageStart)),
		Entry("a bit flipped in the middle of the image", tamper(hostile.ImageMiddle)),
		Entry("a bit flipped in the last byte of the image", tamper(hostile.ImageEnd)),
		Entry("an image cut short", func(p *firmware.Package) *firmware.Package {
			return hostile.Truncate(p, len(p.Image)/2).Package
		}),
	)

	DescribeTable("a well-formed package that is not for this unit is rejected and the previous software stays",
		func(ctx SpecContext, role string) { rejects(ctx, needPackage(role)) },
		Entry("signed with another key", "wrong-key"),
		Entry("for other hardware", Requirement("UN-R156/7.1.1.7"), Contributes("UN-R156/7.1.2.4"), "wrong-hardware"),
		Entry("for another ECU", Requirement("UN-R156/7.1.1.7"), Contributes("UN-R156/7.1.2.4"), "wrong-ecu"),
		Entry("with a lower security counter (downgrade)", "downgrade"),
	)
})

func tamper(r hostile.Region) func(*firmware.Package) *firmware.Package {
	return func(p *firmware.Package) *firmware.Package { return hostile.Tamper(p, r).Package }
}

// rejects sends a package that the tester knows to be bad, as an attacker's tool would, and expects the unit to refuse it.
func rejects(ctx SpecContext, p *firmware.Package) {
	GinkgoHelper()
	unit := Bench.Unit()
	before := identity(ctx)

	Step("send the package to the unit, unchecked")
	Expect(unit.Force(ctx, p)).To(beRejected())

	Step("the previous software runs, also after a power cycle")
	powerCycle(ctx)
	Expect(identity(ctx)).To(Equal(before))
	proveRecovery(ctx)
}
