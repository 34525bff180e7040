package scenarios

import (
	"fmt"
	"math"

	. "github.com/onsi/ginkgo/v2"

	"otabench/bench"
)

// probes bounds the points at which the unit is asked for one threshold, both ends of the sweep included.
const probes = 16

// sweep looks for the thresholds of a gate: settings in some unit on one side of which the unit agrees to be programmed
// and on the other refuses.
type sweep struct {
	open, shut float64 // settings at which the unit has to agree, and to refuse
	step       float64 // least difference of two settings
	resolution float64 // how close to a threshold is close enough
	// apply makes a setting and returns what the unit then sees, measured.
	apply func(ctx SpecContext, setting float64) (measured bench.Sensed)
	// agrees asks the unit.
	agrees func(ctx SpecContext) bool
	rail   *bench.Rail // that makes the setting; nil if none does
}

// point is a setting with what was measured at it.
type point struct {
	setting float64
	bench.Sensed
}

// threshold lies between two points: the unit agrees at the first and refuses at the second.
type threshold struct{ agreed, refused point }

// quantities are the threshold and how far apart both points are. A voltage lies in the middle of what was measured at both.
// Of what is sent as a number there is nothing between two that follow each other: the threshold is the last one at which
// the unit agrees, and that is counted.
func (t threshold) quantities(s sweep) (value, width bench.Quantity) {
	if s.rail == nil {
		value, width = t.agreed.Quantity, t.agreed.Quantity
		width.Value = micro(math.Abs(t.agreed.Value - t.refused.Value))
		return value, width
	}
	value, width = s.rail.Middle(t.agreed.Sensed, t.refused.Sensed)
	value.Value, width.Value = micro(value.Value), micro(width.Value)
	return value, width
}

// refusal is where the unit begins to refuse, coming from where it agrees.
func (s sweep) refusal(ctx SpecContext) threshold {
	near, far := s.bisect(ctx, s.open, s.shut, true)
	return threshold{agreed: near, refused: far}
}

// resumption is where the unit begins to agree again, coming from where it refuses.
func (s sweep) resumption(ctx SpecContext) threshold {
	near, far := s.bisect(ctx, s.shut, s.open, false)
	return threshold{agreed: far, refused: near}
}

// bisect goes from one end into the sweep again and again, always from the same side, since the unit may remember where
// it came from. It returns the last setting at which the answer was that of this end, and the first at which it had
// changed.
func (s sweep) bisect(ctx SpecContext, from, to float64, agrees bool) (near, far point) {
	GinkgoHelper()
	near = s.expect(ctx, from, agrees)
	far = s.expect(ctx, to, !agrees)
	for n := 2; n < probes && math.Abs(far.Value-near.Value) > s.resolution; n++ {
		middle := math.Round((near.setting+far.setting)/2/s.step) * s.step
		if middle == near.setting || middle == far.setting {
			break
		}
		s.expect(ctx, from, agrees)
		p := point{middle, s.apply(ctx, middle)}
		if s.agrees(ctx) == agrees {
			near = p
		} else {
			far = p
		}
	}
	if width := math.Abs(far.Value - near.Value); width > s.resolution && s.rail != nil {
		unmet(s.rail, "%d probes come no closer to the threshold than %.3g V; the supply's steps are too large",
			probes, width)
	}
	return near, far
}

// expect makes a setting at which the answer is known.
func (s sweep) expect(ctx SpecContext, setting float64, agrees bool) point {
	GinkgoHelper()
	p := point{setting, s.apply(ctx, setting)}
	if got := s.agrees(ctx); got != agrees {
		text := map[bool]string{true: "agrees to be programmed", false: "refuses to be programmed"}
		Fail(fmt.Sprintf("no threshold in the sweep: at %.4g the unit %s", p.Value, text[got]))
	}
	return p
}
