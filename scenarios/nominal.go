package scenarios

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/ecu/flash"
)

var _ = Procedures("Nominal update", func() {
	It("installs the next release, tries it, confirms it and keeps it over a power cycle",
		Requirement("OTA-MAIN-3", "OTA-POST-1"),
		Contributes("OTA-MAIN-8", "OTA-POST-3", "UN-R156/7.1.1.2", "UN-R156/7.1.2.2"), func(ctx SpecContext) {
			unit := Bench.Unit()
			next := unit.Package("next")
			before := identity(ctx)

			Step("install release %s", next.Manifest.Version)
			watch := unit.Stopwatch()
			Expect(unit.Install(ctx, next)).To(Succeed())
			measure("update without confirmation", watch.Stop(), atMost(120))

			Step("the trial runs the new software and is not confirmed yet")
			trial := identity(ctx)
			Expect(trial.Software).To(Equal(next.Manifest.Version))
			Expect(trial.BootState).To(Equal("trial"))
			Expect(trial.RXSWIN).To(Equal(before.RXSWIN), "the RXSWIN changes only when the software is confirmed")

			Step("confirm")
			Expect(unit.Confirm(ctx)).To(Succeed())
			confirmed := identity(ctx)
			Expect(confirmed.BootState).To(Equal("confirmed"))
			Expect(confirmed.RXSWIN).To(Equal(next.Manifest.RXSWIN))
			Expect(confirmed.Slot).NotTo(Equal(before.Slot))

			Step("power cycle")
			powerCycle(ctx)
			Expect(identity(ctx)).To(Equal(confirmed))
		})

	It("keeps VIN and serial number, and stores no new trouble code",
		Contributes("OTA-POST-2"), func(ctx SpecContext) {
			unit := Bench.Unit()
			before := identity(ctx)
			known, err := unit.Client().ReadDTCs(ctx, 0xFF)
			Expect(err).NotTo(HaveOccurred())

			Expect(unit.Update(ctx, unit.Package("next"))).To(Succeed())
			after := identity(ctx)
			Expect(after.VIN).To(Equal(before.VIN))
			Expect(after.Serial).To(Equal(before.Serial))
			Expect(after.Hardware).To(Equal(before.Hardware))

			Step("read trouble codes")
			codes, err := unit.Client().ReadDTCs(ctx, 0xFF)
			Expect(err).NotTo(HaveOccurred())
			for _, code := range codes {
				Expect(known).To(ContainElement(HaveField("Code", code.Code)), "trouble code %v is new", code)
			}
		})

	It("installs an image of realistic size whole",
		Requirement("OTA-MAIN-3", "OTA-POST-1"), Contributes("OTA-MAIN-2"), func(ctx SpecContext) {
			unit := Bench.Unit()
			large := needPackage("large")
			Expect(len(large.Image)).To(BeNumerically(">=", 512<<10))
			watch := unit.Stopwatch()
			Expect(unit.Update(ctx, large)).To(Succeed())
			const slowest = 1 << 10 // byte/s
			measure("duration of the whole update", watch.Stop(), atMost(float64(len(large.Image))/slowest))
			Expect(identity(ctx).Software).To(Equal(large.Manifest.Version))
		})

	It("reports progress that never falls and ends with all bytes",
		Contributes("OTA-MAIN-2", "OTA-MAIN-7"), func(ctx SpecContext) {
			unit := Bench.Unit()
			next := unit.Package("next")
			var done []int64
			var total int64
			stop := unit.OnProgress(func(p flash.Progress) {
				if p.Phase == flash.PhaseTransfer {
					done, total = append(done, p.Done), p.Total
				}
			})
			Expect(unit.Update(ctx, next)).To(Succeed())
			stop()
			Expect(done).NotTo(BeEmpty())
			for i := range done[1:] {
				Expect(done[i+1]).To(BeNumerically(">=", done[i]))
			}
			Expect(done[len(done)-1]).To(Equal(total))
			Expect(total).To(BeNumerically(">=", len(next.Image)))
		})

	It("installs the same release again",
		Requirement("OTA-POST-1"), func(ctx SpecContext) {
			unit := Bench.Unit()
			Expect(unit.Update(ctx, unit.Package("current"))).To(Succeed())
			Expect(identity(ctx).BootState).To(Equal("confirmed"))
		})
})
