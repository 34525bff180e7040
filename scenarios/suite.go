package scenarios

import (
	"context"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/bench"
	"otabench/bench/record"
)

// Bench is the bench of the running suite, open from before the first spec until after the last.
var Bench *bench.Bench

// specTime bounds one spec. An update of a real ECU may take many minutes; a spec does up to three.
const specTime = 45 * time.Minute

// opening bounds how long a bench may take to open.
const opening = 2 * time.Minute

var _ = BeforeSuite(func(ctx SpecContext) {
	if suite.open == nil {
		Fail("no bench was given; start the suite with otabench run, or with scenarios.Run")
	}
	b, err := suite.open(ctx)
	cannot(err)
	Bench = b
	// Closing comes last of all, whatever happens in between: nothing may be left energised.
	DeferCleanup(func(ctx context.Context) error { return b.Close(ctx, "the suite is over") }, NodeTimeout(opening))
	cannot(b.Greet(ctx))
	if suite.proven {
		b.Loopback(ctx)
	}
}, NodeTimeout(opening))

// cannot ends the suite before its first spec if the bench cannot serve it.
func cannot(err error) {
	if err == nil {
		return
	}
	suite.openError = err
	if suite.record != nil {
		suite.record.Add(record.Fault{Device: "bench", Text: err.Error()})
	}
	Fail(fmt.Sprintf("the bench is not ready: %v", err))
}

// prepare brings the bench into the state that every spec starts from: the battery charged, the unit powered at its
// nominal voltage and answering in its default session, the current software confirmed.
func prepare(ctx SpecContext) {
	GinkgoHelper()
	Bench.DisarmAll()
	Expect(Bench.RestSwitches()).To(Succeed())
	if v := Bench.Vehicle(); v != nil {
		Expect(v.Sleep(ctx)).To(Succeed())
	}
	unit := Bench.Unit()
	unit.Programmer().Close()
	unit.Client().ResetTiming()
	Expect(unit.PowerCycle(ctx)).To(Succeed())
	current := unit.Package("current").Manifest
	id, err := unit.WhoAmI(ctx)
	chargeBattery(ctx)
	if err == nil && id.Software == current.Version && id.Confirmed() {
		return
	}
	Step("restore the current software %s", current.Version)
	Expect(unit.Update(ctx, unit.Package("current"))).To(Succeed())
}
