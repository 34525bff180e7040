package scenarios

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// forgotten is how long a battery has to be silent until no unit may go by what it said: longer than usual timeouts of
// cyclic messages.
const forgotten = 5 * time.Second

var _ = Procedures("Silent battery", Label("battery"), Requirement("UN-R156/7.2.2.5"),
	Contributes("OTA-ALT-1", "UN-R156/7.2.2.1.2"), func() {
		It("refuses to start by a state of charge that is not sent any more, and agrees once it is", func(ctx SpecContext) {
			needChargeGate()
			chargeBattery(ctx)
			Expect(agrees(ctx)).To(BeTrue(), "the battery is charged")

			Step("the battery's message stops for %v", forgotten)
			resume := Bench.Battery().Hush()
			DeferCleanup(resume)
			pause(ctx, forgotten)
			Expect(enterProgramming(ctx)).To(beRefused())

			Step("the battery's message is back")
			resume()
			chargeBattery(ctx)
			Expect(enterProgramming(ctx)).To(Succeed())
		})
	})
