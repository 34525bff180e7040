package scenarios

import (
	"encoding/hex"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/ecu/description"
)

var _ = Procedures("Traces of an update", Label("traces"), func() {
	It("remembers who has programmed it", Contributes("UN-R156/7.1.2.2"), func(ctx SpecContext) {
		unit := Bench.Unit()
		want, err := hex.DecodeString(unit.Description().Programming.Fingerprint)
		if err != nil || len(want) == 0 {
			Skip("the description has no fingerprint, or one that is not always the same")
		}
		Expect(unit.Update(ctx, unit.Package("next"))).To(Succeed())
		_, did, err := unit.Description().Identifier(description.Fingerprint)
		Expect(err).NotTo(HaveOccurred())
		Expect(unit.Client().ReadDataByIdentifier(ctx, did.ID)).To(Equal(want))
	})

	It("keeps its trouble codes over an update", Contributes("OTA-POST-2"), func(ctx SpecContext) {
		unit := Bench.Unit()
		before := identity(ctx)
		Step("have the unit store a trouble code: an update that nobody confirms")
		Expect(unit.Install(ctx, unit.Package("next"))).To(Succeed())
		revertedTo(ctx, before)
		stored, err := unit.Client().ReadDTCs(ctx, 0xFF)
		Expect(err).NotTo(HaveOccurred())
		if len(stored) == 0 {
			Skip("the unit has no trouble code, not even after a revert")
		}

		chargeBattery(ctx)
		Step("update, and read trouble codes again")
		Expect(unit.Update(ctx, unit.Package("next"))).To(Succeed())
		kept, err := unit.Client().ReadDTCs(ctx, 0xFF)
		Expect(err).NotTo(HaveOccurred())
		for _, code := range stored {
			Expect(kept).To(ContainElement(HaveField("Code", code.Code)), "trouble code %v is gone", code)
		}
		proveRecovery(ctx)
	})
})
