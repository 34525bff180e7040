package scenarios

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/ecu/uds"
)

var _ = Procedures("Identification", func() {
	It("reads the software version that its manifest names, the hardware, the serial number and the VIN",
		Requirement("OTA-POST-1"), Contributes("UN-R156/7.1.1.2", "UN-R156/7.1.2.2"), func(ctx SpecContext) {
			unit := Bench.Unit()
			want := unit.Package("current").Manifest

			Step("read the identity")
			id, err := unit.Identify(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(id.Software).To(Equal(want.Version))
			Expect(id.Hardware).To(Equal(want.Hardware))
			Expect(id.Serial).NotTo(BeEmpty())
			Expect(id.VIN).To(HaveLen(17))
		})

	It("has an RXSWIN that is readable and that a tester cannot write",
		Requirement("UN-R156/7.2.1.2.2", "UN-R156/7.2.1.2.3"), Contributes("UN-R156/7.2.1.2.1"), func(ctx SpecContext) {
			unit := Bench.Unit()
			before, err := unit.Identify(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(before.RXSWIN).To(Equal(unit.Package("current").Manifest.RXSWIN))

			Step("try to write it, locked and unlocked")
			_, did, err := unit.Description().Identifier("rxswin")
			Expect(err).NotTo(HaveOccurred())
			Expect(unit.Client().DiagnosticSessionControl(ctx, unit.Description().Sessions.Extended)).Error().NotTo(HaveOccurred())
			Expect(unit.Client().WriteDataByIdentifier(ctx, did.ID, []byte("R156 FORGED 0001"))).To(beRefused())
			Expect(unit.Programmer().Prepare(ctx)).To(Succeed())
			Expect(unit.Programmer().Enter(ctx)).To(Succeed())
			Expect(unit.Programmer().Unlock(ctx)).To(Succeed())
			Expect(unit.Client().WriteDataByIdentifier(ctx, did.ID, []byte("R156 FORGED 0001"))).To(beRefused())

			after, err := unit.Identify(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(after).To(Equal(before))
		})

	It("answers the standard negative response to a service that it does not have",
		Contributes("UN-R156/7.2.1.1"), func(ctx SpecContext) {
			_, err := Bench.Unit().Client().Do(ctx, []byte{0xBA, 0x01})
			Expect(err).To(MatchError(uds.ServiceNotSupported))
		})
})
