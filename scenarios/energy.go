package scenarios

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/bench"
	"otabench/bench/record"
	"otabench/ecu/description"
)

const (
	// powerPeriod is the time between two readings of voltage and current, and powerGap the longest that may pass: what a
	// unit draws within it is not seen.
	powerPeriod = 2 * time.Millisecond
	powerGap    = 100 * time.Millisecond
)

// energyScope says what such an energy is, and what it is not.
const energyScope = "The energy is that of one unit at the terminals of its supply, at nominal voltage and at the " +
	"temperature of the bench. Other units that are awake, losses on the way from the battery, and the battery's age " +
	"and temperature are not in it; a guaranteed energy has to allow for them."

var _ = Procedures("Energy", Label("energy"), Contributes("UN-R156/7.2.2.1.2"), func() {
	It("needs no more energy for an update and its rollback than is guaranteed to the unit at its gates",
		func(ctx SpecContext) {
			unit, rail := Bench.Unit(), needSensor()
			release := unit.Package(largestRelease())
			before := identity(ctx)
			if gate := unit.Description().Gates.MinCharge; gate != 0 {
				Step("the worst start: a battery at its gate of %g %%", gate)
				setBattery(ctx, gate, false)
			}

			Step("install release %s, %d KiB", release.Manifest.Version, len(release.Image)>>10)
			update := spend(ctx, rail, func() {
				Expect(unit.Install(ctx, release)).To(Succeed())
			})
			Step("go back to %s", before.Software)
			rollback := spend(ctx, rail, func() {
				if unit.Description().Routines[description.Rollback].Exists() {
					Expect(unit.Rollback(ctx)).To(Succeed())
				}
				Expect(unit.AwaitIdentity(ctx, reverting(unit), before.Same)).To(Succeed())
			})
			judgeEnergy(update, rollback)
			proveRecovery(ctx)
		})
})

// largestRelease is the role of the largest package that the unit should accept.
func largestRelease() string {
	if Bench.Unit().HasPackage("large") {
		return "large"
	}
	return "next"
}

// spend meters the energy that the unit takes meanwhile. Energy that was not seen makes the spec void.
func spend(ctx SpecContext, rail *bench.Rail, f func()) bench.Energy {
	GinkgoHelper()
	stop := rail.MeterEnergy(ctx, powerPeriod)
	DeferCleanup(func() { _, _ = stop() }) // where f fails
	f()
	spent, err := stop()
	switch {
	case err != nil:
		unmet(rail, "%w", err)
	case spent.Joules <= 0:
		unmet(rail, "%s measures %v for a unit that works; check the direction of its shunt", spent.Source, spent)
	case spent.Gap > powerGap:
		unmet(rail, "nothing was read for %v, at most %v may pass", spent.Gap, powerGap)
	}
	return spent
}

// judgeEnergy compares what both took with what is guaranteed. Without a guarantee there is nothing to judge.
func judgeEnergy(update, rollback bench.Energy) {
	GinkgoHelper()
	Bench.Record().Add(record.Note{Text: energyScope})
	guaranteed := Bench.Unit().Description().Gates.Energy
	most := limit{}
	if guaranteed != 0 {
		most = atMost(guaranteed)
	}
	both := update.Joules + rollback.Joules
	uncertainty := update.Uncertainty + rollback.Uncertainty
	measureAll(
		measurement{"energy of the update up to its trial", wattHours(update.Joules), "Wh", limit{}, update.Source},
		measurement{"energy of the rollback", wattHours(rollback.Joules), "Wh", limit{}, update.Source},
		measurement{"energy of both", wattHours(both), "Wh", most, update.Source},
		measurement{"uncertainty of both by sampling", wattHours(uncertainty), "Wh", limit{}, update.Source},
		measurement{"time of both", (update.Duration + rollback.Duration).Seconds(), "s", limit{}, "bench clock"},
	)
	if guaranteed == 0 {
		Skip("measured, no limit: the description guarantees the unit no energy at its gates (gates.energy)")
	}
}

// wattHours are rounded to a millionth.
func wattHours(joules float64) float64 { return micro(joules / 3600) }
