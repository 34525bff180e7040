package scenarios

import (
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"periph.io/x/conn/v3/physic"

	"otabench/bench"
	"otabench/bench/record"
	"otabench/bench/trigger"
)

// crank is one starting profile of ISO 16750-2 for 12 V, without the ripple of its plateau: a dip, a plateau
// while the starter turns, and the return.
type crank struct {
	name         string
	dip, plateau physic.ElectricPotential
	dipFor       time.Duration // at least
	plateauFor   time.Duration // at least
}

var (
	starting3 = crank{
		name: "starting profile III", dip: 3 * physic.Volt, dipFor: 15 * time.Millisecond,
		plateau: 5 * physic.Volt, plateauFor: time.Second,
	}
	starting4 = crank{
		name: "starting profile IV", dip: 6 * physic.Volt, dipFor: 15 * time.Millisecond,
		plateau: 6500 * physic.MilliVolt, plateauFor: 10 * time.Second,
	}
)

const (
	// crankFall is the longest time from the frame to the bottom of the dip that still counts as a crank pulse. The
	// profile has 5 ms; a supply without a sink that is told over a network needs more.
	crankFall = 150 * time.Millisecond
	// crankLevel is how far from its level a dip or plateau may be at the terminals.
	crankLevel = 300 * physic.MilliVolt
)

var _ = Procedures("Crank pulse during an update", Label("crank"),
	Requirement("OTA-POST-4", "UN-R156/7.2.2.1.1"), Contributes("OTA-ALT-1", "UN-R156/7.2.2.1.3"), func() {
		for _, c := range []crank{starting3, starting4} {
			inEachPhase(c.name, func(ctx SpecContext, p phase) { crankIn(ctx, p, c) })
		}
	})

// crankIn lets an engine start at a frame in a phase. The update may go on or fail; the unit is whole afterwards, and
// what failed succeeds when it is tried again.
func crankIn(ctx SpecContext, p phase, c crank) {
	GinkgoHelper()
	unit, rail := Bench.Unit(), needSensor()
	before := identity(ctx)

	Step("arm: %s on %s, %s", c.name, rail, p)
	pulse := c.arm(ctx, rail, p.moment(unit))
	err := p.run(ctx)
	Step("wait until the engine runs and %s is back", rail)
	pulse.end(ctx)
	remark(err)

	kept := keeps(ctx, before)
	chargeBattery(ctx)
	switch {
	case p.rollback:
		Expect(kept.Same(before)).To(BeTrue(), "%v runs, want the previous software", kept)
	case err != nil:
		Step("the update is tried again")
		Expect(unit.Update(ctx, unit.Package("next"))).To(Succeed())
	default:
		Expect(kept.Software).To(Equal(unit.Package("next").Manifest.Version), "the tester was told of a success")
	}
	proveRecovery(ctx)
}

// pulse is a crank pulse from its arming to its end.
type pulse struct {
	crank
	rail  *bench.Rail
	armed *trigger.Armed
	done  chan struct{}
	whole bool // set before done: it was played to its end
}

// arm begins the pulse when a condition is met. It is played beside the receive path, which must not wait for a supply.
func (c crank) arm(ctx SpecContext, rail *bench.Rail, when trigger.Condition) *pulse {
	p := &pulse{crank: c, rail: rail, done: make(chan struct{})}
	p.armed = Bench.Arm(when, trigger.Func(c.name+" on "+rail.String(), func() error {
		go func() {
			defer close(p.done)
			defer GinkgoRecover()
			p.play(ctx)
		}()
		return nil
	}))
	return p
}

// end waits for the end of the pulse.
func (p *pulse) end(ctx SpecContext) {
	GinkgoHelper()
	if _, begun := p.armed.Firing(); !begun {
		Fail(fmt.Sprintf("the phase was never reached: %s did not happen", p.armed.Condition))
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		Fail(fmt.Sprintf("interrupted in %s: %v", p.name, ctx.Err()))
	}
	if !p.whole {
		Fail(p.name + " was not played to its end")
	}
}

// play steps the supply through the profile and measures each level at the terminals.
func (p *pulse) play(ctx SpecContext) {
	bottom := p.reach(ctx, p.dip)
	<-p.armed.Done()
	firing, _ := p.armed.Firing()
	fall := bottom.Time.Sub(firing.At)
	recordMeasurement("from the frame to the bottom of the dip",
		inMilliseconds(p.rail.FrameToVoltage(Bench.Unit().BusRole(), firing.At, bottom)), atMost(ms(crankFall)))
	if fall > crankFall {
		unmet(p.rail, "the dip takes %v, a crank pulse up to %v", fall, crankFall)
	}
	p.stay(ctx, "dip", p.dip, p.dipFor)
	p.reach(ctx, p.plateau)
	p.stay(ctx, "plateau", p.plateau, p.plateauFor)
	settle(ctx, p.rail, p.rail.Nominal())
	text := fmt.Sprintf("%s is approximated by steps of the supply, without ripple; the dip falls in %v", p.name, fall)
	Bench.Record().Add(record.Note{Text: text})
	p.whole = true
}

// reach sets a level and waits until the terminals have it.
func (p *pulse) reach(ctx SpecContext, level physic.ElectricPotential) bench.Sensed {
	GinkgoHelper()
	Expect(p.rail.Set(ctx, level)).To(Succeed())
	v, err := p.rail.Reach(ctx, level-crankLevel, level+crankLevel)
	if err != nil {
		unmet(p.rail, "%w", err)
	}
	return v
}

// stay holds a level, and follows the terminals meanwhile.
func (p *pulse) stay(ctx SpecContext, name string, level physic.ElectricPotential, d time.Duration) {
	GinkgoHelper()
	lowest, highest, err := p.rail.Extremes(ctx, d)
	if err != nil {
		unmet(p.rail, "in the %s: %w", name, err)
	}
	within := around(inVolts(level), inVolts(crankLevel))
	met(p.rail, "lowest voltage of the "+name, lowest, within)
	met(p.rail, "highest voltage of the "+name, highest, within)
}
