package scenarios

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/bench"
	"otabench/bench/trigger"
	"otabench/ecu/description"
)

// outage is how long the power stays away: long enough for every rail to discharge.
const outage = 300 * time.Millisecond

// cutLatency is the longest time from a frame to the opened switch that still counts as "at that frame".
const cutLatency = 5 * time.Millisecond

var _ = Procedures("Interrupted update", Requirement("OTA-POST-4", "UN-R156/7.2.2.1.1"), Contributes("UN-R156/7.2.2.1.3"), func() {
	DescribeTable("boots the previous software when power is cut",
		func(ctx SpecContext, moment func(*bench.ECU) trigger.Condition) {
			before := identity(ctx)
			cutDuringUpdate(ctx, moment(Bench.Unit()))

			Step("the previous software answers, unchanged")
			Expect(identity(ctx)).To(Equal(before))
			proveRecovery(ctx)
		},
		Entry("during the erase", func(u *bench.ECU) trigger.Condition {
			return u.Routine(u.Description().Routines[description.Erase].ID).Sent()
		}),
		Entry("while a block is written", func(u *bench.ECU) trigger.Condition { return u.TransferData(5).Sent() }),
		Entry("in the middle of a block's frames", func(u *bench.ECU) trigger.Condition {
			return u.TransferData(7).Begun()
		}),
		Entry("at the end of the transfer", func(u *bench.ECU) trigger.Condition { return u.TransferExit().Sent() }),
		Entry("during the verification", func(u *bench.ECU) trigger.Condition {
			return u.Routine(u.Description().Routines[description.Verify].ID).Sent()
		}),
	)

	It("boots the previous or the new software, and never neither, when power is cut during the activation",
		func(ctx SpecContext) {
			unit := Bench.Unit()
			before := identity(ctx)
			cutDuringUpdate(ctx, unit.Routine(needRoutine("activate", unit.Description().Routines[description.Activate].ID)).Sent())

			Step("one of the two answers")
			after := identity(ctx)
			Expect(after.Software).To(Or(Equal(before.Software), Equal(unit.Package("next").Manifest.Version)))
			Step("without a confirmation it ends with the previous software")
			revertedTo(ctx, before)
			proveRecovery(ctx)
		})

	It("reverts to the previous software when power is cut during the trial boot",
		func(ctx SpecContext) {
			unit := Bench.Unit()
			before := identity(ctx)
			Step("arm: cut %s when the reset is answered and the trial boots", unit.Rail())
			cut := Bench.Arm(unit.Resetting().Sent(), trigger.After(trialCut, unit.Rail().Cut(outage)))
			_ = unit.Install(ctx, unit.Package("next")) // how far the tester gets depends on the moment
			firedInTime(ctx, cut)
			powerReturns(ctx)
			revertedTo(ctx, before)
			proveRecovery(ctx)
		})

	It("reverts when power is cut again while it reverts",
		func(ctx SpecContext) {
			unit := Bench.Unit()
			before := identity(ctx)
			Expect(unit.Install(ctx, unit.Package("next"))).To(Succeed())

			Step("cut twice: once in the trial, once in the boot that follows")
			for range 2 {
				Expect(unit.Rail().CutNow(outage)).To(Succeed())
				powerReturns(ctx)
			}
			revertedTo(ctx, before)
			proveRecovery(ctx)
		})
})

// trialCut is the time from the reset request to the cut: within the boot of the trial.
const trialCut = 20 * time.Millisecond

// cutDuringUpdate cuts the unit's rail when c is met in an update, and waits until power is back.
func cutDuringUpdate(ctx SpecContext, c trigger.Condition) {
	GinkgoHelper()
	unit := Bench.Unit()
	Step("arm: cut %s at %s", unit.Rail(), c)
	cut := Bench.Arm(c, unit.Rail().Cut(outage))
	Step("update; the power is cut on the way")
	Expect(unit.Update(ctx, unit.Package("next"))).NotTo(Succeed())
	firedInTime(ctx, cut)
	powerReturns(ctx)
}

// firedInTime checks that the cut came at its moment, and that the terminals went dead.
func firedInTime(ctx SpecContext, t *trigger.Armed) {
	GinkgoHelper()
	Eventually(ctx, t.Done()).WithTimeout(10 * time.Second).Should(BeClosed())
	firing, _ := t.Firing()
	Expect(firing.Err).NotTo(HaveOccurred())
	measure("latency from the frame to the open switch", inMilliseconds(took(firing.Latency)), atMost(ms(cutLatency)))
}
