package scenarios

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// s3Server is the time after which a server gives up a session that no tester keeps (ISO 14229-2, S3server).
const s3Server = 5 * time.Second

var _ = Procedures("Lost tester", Requirement("OTA-POST-4", "UN-R156/7.2.2.1.1"), func() {
	It("leaves the programming session by itself when the tester falls silent during the transfer, and can be updated again",
		func(ctx SpecContext) {
			unit := Bench.Unit()
			before := identity(ctx)

			Step("fall silent at block 4")
			Expect(unit.AbandonAt(ctx, unit.Package("next"), 4)).To(Succeed())

			Step("wait for S3server (%v)", s3Server)
			watch := unit.Stopwatch()
			Eventually(ctx, unit.Session).WithTimeout(s3Server + 3*time.Second).WithPolling(s3Server + 500*time.Millisecond).
				Should(Equal(unit.Description().Sessions.Default))
			measure("back in the default session at the latest", watch.Stop(), atMost((s3Server + 3*time.Second).Seconds()))

			Step("power cycle: the previous software")
			powerCycle(ctx)
			Expect(identity(ctx)).To(Equal(before))
			proveRecovery(ctx)
		})
})
