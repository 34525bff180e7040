package scenarios

import (
	"bytes"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/ecu/description"
	"otabench/ecu/uds"
)

var _ = Procedures("Security access", Requirement("UN-R156/7.1.3.1", "UN-R156/7.2.1.1"), func() {
	It("refuses to erase before it is unlocked", func(ctx SpecContext) {
		unit := Bench.Unit()
		d := unit.Description()
		Expect(unit.Programmer().Prepare(ctx)).To(Succeed())
		_, err := unit.Client().RoutineStart(ctx, d.Routines[description.Erase].ID, 0x44, 0, 0, 0, 0, 0, 0, 0, 0)
		Expect(err).To(beRefused())
	})

	It("gives another seed each time", func(ctx SpecContext) {
		unit := Bench.Unit()
		Expect(unit.Programmer().Prepare(ctx)).To(Succeed())
		var seeds [][]byte
		for range 4 {
			seed, err := unit.Client().RequestSeed(ctx, unit.Description().Security.Level)
			Expect(err).NotTo(HaveOccurred())
			for _, earlier := range seeds {
				Expect(bytes.Equal(seed, earlier)).To(BeFalse(), "seed %X came twice", seed)
			}
			seeds = append(seeds, seed)
		}
	})

	It("locks out after the stated number of wrong keys, holds that over a power cycle, and lets in again after the delay",
		func(ctx SpecContext) {
			unit := Bench.Unit()
			s := unit.Description().Security
			Expect(unit.Programmer().Prepare(ctx)).To(Succeed())

			Step("%d wrong keys", s.Attempts)
			for n := 1; n <= s.Attempts; n++ {
				err := wrongKey(ctx)
				if n < s.Attempts {
					Expect(err).To(MatchError(uds.InvalidKey))
				} else {
					Expect(err).To(MatchError(uds.ExceedNumberOfAttempts))
				}
			}
			watch := unit.Stopwatch()
			Expect(unit.Client().RequestSeed(ctx, s.Level)).Error().To(MatchError(uds.RequiredTimeDelayNotExpired))

			Step("a power cycle does not help")
			powerCycle(ctx)
			Expect(unit.Programmer().Prepare(ctx)).To(Succeed())
			Expect(unit.Client().RequestSeed(ctx, s.Level)).Error().To(MatchError(uds.RequiredTimeDelayNotExpired))

			Step("after the delay of %v the right key is accepted", s.Delay)
			Eventually(ctx, unit.Programmer().Unlock).WithTimeout(3*s.Delay + time.Second).WithPolling(s.Delay / 5).Should(Succeed())
			measure("lock-out", watch.Stop(), atLeast(s.Delay.Seconds()))
			proveRecovery(ctx)
		})
})

// wrongKey asks for a seed and answers with a key that cannot be right.
func wrongKey(ctx SpecContext) error {
	unit := Bench.Unit()
	level := unit.Description().Security.Level
	seed, err := unit.Client().RequestSeed(ctx, level)
	if err != nil {
		return err
	}
	return unit.Client().SendKey(ctx, level, make([]byte, len(seed)))
}
