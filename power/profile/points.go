package profile

import (
	"math"
	"time"

	"periph.io/x/conn/v3/physic"
)

// point is a voltage that is set at a time and stays until the next.
type point struct {
	at time.Duration
	v  physic.ElectricPotential
}

// points makes a segment of steps that are at least dwell apart. The first is at the segment's start.
func (b *builder) points(s Segment, dwell time.Duration) []point {
	switch {
	case s.Ripple.Frequency != 0:
		return b.sine(s, dwell)
	case s.From == s.To:
		return []point{{s.Start, b.aim(s.From)}}
	case s.AtMost, b.can.travel(s.From, s.To) >= s.Length*9/10:
		return []point{{s.Start, b.aim(s.To)}} // as fast as it can
	}
	change := max(s.To-s.From, s.From-s.To)
	n := math.Ceil(float64(change) / float64(b.step()))
	if isEdge(s) {
		n = max(n, perEdge/b.coarse)
	}
	return b.sampled(s, fit(n, s.Length, dwell))
}

// perEdge is how many steps make an edge, if there is time: of fewer its duration could not be told.
const perEdge = 20

// maxPerPeriod is from where on more steps in a period of a sine make no difference.
const maxPerPeriod = 64

func (b *builder) sine(s Segment, dwell time.Duration) []point {
	periods := s.Length.Seconds() * hertz(s.Ripple.Frequency)
	perPeriod := math.Ceil(math.Pi * float64(s.Ripple.PeakToPeak) / float64(b.step()))
	return b.sampled(s, fit(math.Ceil(periods*min(max(perPeriod, 8), maxPerPeriod)), s.Length, dwell))
}

// fit bounds a number of steps by the time that each needs.
func fit(n float64, length, dwell time.Duration) int {
	most := float64(maxSegments)
	if dwell > 0 {
		most = min(most, math.Floor(float64(length)/float64(dwell)))
	}
	return int(max(min(n, most), 1))
}

// sampled takes the curve in the middle of each of n steps.
func (b *builder) sampled(s Segment, n int) []point {
	all := make([]point, n)
	for k := range all {
		at := time.Duration(float64(s.Length) * float64(k) / float64(n))
		middle := time.Duration(float64(s.Length) * (float64(k) + 0.5) / float64(n))
		all[k] = point{s.Start + at, b.aim(s.At(middle))}
	}
	return all
}

// step is how large a step of a ramp may be.
func (b *builder) step() physic.ElectricPotential {
	t := b.curve.Tolerance
	step := physic.ElectricPotential(float64(t.Above+t.Below) / 2 * b.coarse)
	if t.Step > 0 {
		// With room for the rounding of both ends.
		step = t.Step - b.can.Resolution
	}
	return max(step, b.can.Resolution, physic.MilliVolt)
}

// aim is what the output is set to for a voltage: the middle of the tolerance.
func (b *builder) aim(v physic.ElectricPotential) physic.ElectricPotential {
	return b.can.round(v + b.curve.Tolerance.aim())
}
