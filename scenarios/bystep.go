package scenarios

import (
	"context"
	"fmt"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/flash"
)

// opened brings the unit to where the blocks of a package are erased and sent, one step after the other, so that a spec
// can go on otherwise than a tester does. The package need not be one for the unit.
func opened(ctx SpecContext, p *firmware.Package) (*flash.Programmer, []flash.Segment) {
	GinkgoHelper()
	programmer, blocks := entered(ctx, p)
	for _, step := range []func(context.Context) error{programmer.Authenticate, programmer.Unlock, programmer.Fingerprint} {
		Expect(step(ctx)).To(Succeed())
	}
	return programmer, blocks
}

// entered is opened up to the programming session, which nobody has unlocked yet.
func entered(ctx SpecContext, p *firmware.Package) (*flash.Programmer, []flash.Segment) {
	GinkgoHelper()
	needStandardSequence()
	programmer := Bench.Unit().NewProgrammer(flash.Options{Force: true})
	DeferCleanup(programmer.Close)
	blocks, err := programmer.Check(ctx, p)
	Expect(err).NotTo(HaveOccurred())
	Expect(programmer.Prepare(ctx)).To(Succeed())
	Expect(programmer.Enter(ctx)).To(Succeed())
	return programmer, blocks
}

// send erases and transfers blocks.
func send(ctx SpecContext, p *flash.Programmer, blocks []flash.Segment) {
	GinkgoHelper()
	for _, b := range blocks {
		Expect(p.Erase(ctx, b)).To(Succeed())
		Expect(p.Transfer(ctx, b)).To(Succeed())
	}
}

// needStandardSequence ends the spec as not run where a unit is programmed in an order of its maker's.
func needStandardSequence() {
	GinkgoHelper()
	kind := func(s description.Step) string { return s.Step }
	name := Bench.Unit().Name()
	if got := Bench.Unit().Description().Programming.Sequence; !slices.Equal(each(got, kind), each(description.StandardSequence(), kind)) {
		Skip(fmt.Sprintf("%s is programmed in a sequence of its own, which this procedure does not know", name))
	}
}

func each[A, B any](all []A, f func(A) B) []B {
	made := make([]B, len(all))
	for i, a := range all {
		made[i] = f(a)
	}
	return made
}
