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
	// powerGap is the longest time that may pass between two readings of voltage and current: what a unit draws within it is
	// not seen.
	powerGap = 100 * time.Millisecond
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
			both := meter(rail)
			update := meter(rail)
			Expect(unit.Install(ctx, release)).To(Succeed())
			spent := []bench.Energy{update()}
			Step("go back to %s", before.Software)
			rollback := meter(rail)
			if unit.Description().Routines[description.Rollback].Exists() {
				Expect(unit.Rollback(ctx)).To(Succeed())
			}
			Expect(unit.AwaitIdentity(ctx, reverting(unit), before.Same)).To(Succeed())
			spent = append(spent, rollback())
			judgeEnergy(spent[0], spent[1], both())
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

// meter begins to meter the energy that the unit takes. Energy that was not seen makes the spec void.
func meter(rail *bench.Rail) (stop func() bench.Energy) {
	end := rail.MeterEnergy()
	DeferCleanup(func() { _, _ = end() }) // where the spec fails meanwhile
	return func() bench.Energy {
		GinkgoHelper()
		spent, err := end()
		seen(rail, spent, err)
		return spent
	}
}

// seen voids the spec for energy that was not seen.
func seen(rail *bench.Rail, spent bench.Energy, err error) {
	GinkgoHelper()
	switch {
	case err != nil:
		unmet(rail, "%w", err)
	case spent.Joules <= 0:
		unmet(rail, "%s measures %v for a unit that works; check the direction of its shunt", spent.Source, spent)
	case spent.Gap > powerGap:
		unmet(rail, "nothing was read for %v, at most %v may pass", spent.Gap, powerGap)
	}
}

// judgeEnergy compares what both took, from the beginning of the one to the end of the other, with what is guaranteed. Without
// a guarantee there is nothing to judge.
func judgeEnergy(update, rollback, both bench.Energy) {
	GinkgoHelper()
	Bench.Record().Add(record.Note{Text: energyScope})
	guaranteed := Bench.Unit().Description().Gates.Energy
	most := limit{}
	if guaranteed != 0 {
		most = atMost(guaranteed)
	}
	measureAll(
		measurement{"energy of the update up to its trial", wattHours(update), limit{}},
		measurement{"energy of the rollback", wattHours(rollback), limit{}},
		measurement{"energy of both", wattHours(both), most},
		measurement{"time of both", took(both.Duration), limit{}},
	)
	if guaranteed == 0 {
		Skip("measured, no limit: the description guarantees the unit no energy at its gates (gates.energy)")
	}
}

// wattHours are rounded to a millionth.
func wattHours(e bench.Energy) bench.Quantity {
	q := e.Quantity()
	q.Value = micro(q.Value)
	return q
}
