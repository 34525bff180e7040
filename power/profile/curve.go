package profile

import (
	"fmt"
	"math"
	"sort"
	"time"

	"periph.io/x/conn/v3/physic"
)

// Curve is a voltage over time, in parts that follow one another without a gap.
type Curve struct {
	Name      string
	Tolerance Tolerance
	// Before is the voltage at which the curve begins.
	Before   physic.ElectricPotential
	Segments []Segment
	// Waits are the instants at which the curve stands still until an event of the test procedure.
	Waits []Wait
}

// Segment is a part of a curve: a level, a ramp, a ripple or an interruption of the line.
type Segment struct {
	Name string
	// Origin tells the step of the profile: the parts that a repetition makes of one step have the same.
	Origin        int
	Start, Length time.Duration
	// From and To are the levels at its ends, equal for a level.
	From, To physic.ElectricPotential
	// AtMost: the change may take any time up to Length.
	AtMost bool
	// Recorded: it is a piece of a recording, of which the voltage matters and not the duration.
	Recorded bool
	// Open: the line is interrupted; From and To are the voltage before.
	Open bool
	// Ripple is on the level, if its frequency is not 0.
	Ripple Ripple
}

// Ripple is a sine.
type Ripple struct {
	PeakToPeak physic.ElectricPotential
	Frequency  physic.Frequency
	// Phase at the segment's start in turns: 0 in the middle and rising, 0.25 at the top.
	Phase float64
}

// Wait is an instant at which the curve goes on only when an event has come.
type Wait struct {
	At    time.Duration
	Event string
}

// End is when the segment is over.
func (s Segment) End() time.Duration { return s.Start + s.Length }

// Flat says that the segment holds one level.
func (s Segment) Flat() bool { return !s.Open && s.From == s.To && s.Ripple.Frequency == 0 }

func (s Segment) String() string {
	switch {
	case s.Open:
		return fmt.Sprintf("line open for %v", s.Length)
	case s.Ripple.Frequency != 0:
		return fmt.Sprintf("%v with %v peak to peak at %v for %v", s.From, s.Ripple.PeakToPeak, s.Ripple.Frequency, s.Length)
	case s.From == s.To:
		return fmt.Sprintf("%v for %v", s.From, s.Length)
	case s.AtMost:
		return fmt.Sprintf("%v to %v within %v", s.From, s.To, s.Length)
	}
	return fmt.Sprintf("%v to %v in %v", s.From, s.To, s.Length)
}

// At is the voltage at a time since the segment's start.
func (s Segment) At(t time.Duration) physic.ElectricPotential {
	v := s.From
	if s.Length > 0 && s.To != s.From {
		v += physic.ElectricPotential(float64(s.To-s.From) * float64(t) / float64(s.Length))
	}
	if s.Ripple.Frequency == 0 {
		return v
	}
	turns := t.Seconds()*hertz(s.Ripple.Frequency) + s.Ripple.Phase
	return v + physic.ElectricPotential(float64(s.Ripple.PeakToPeak)/2*math.Sin(2*math.Pi*turns))
}

func hertz(f physic.Frequency) float64 { return float64(f) / float64(physic.Hertz) }

// bounds are the lowest and highest voltage between two times since the segment's start.
func (s Segment) bounds(from, to time.Duration) (lo, hi physic.ElectricPotential) {
	switch {
	case s.Open:
		return 0, max(s.From, 0)
	case s.AtMost: // it may be anywhere on its way at any time
		return min(s.From, s.To), max(s.From, s.To)
	}
	a, b := s.At(from), s.At(to)
	lo, hi = min(a, b), max(a, b)
	if s.Ripple.Frequency == 0 {
		return lo, hi
	}
	// A sine has its extremes at a quarter and three quarters of a turn.
	f := hertz(s.Ripple.Frequency)
	first := math.Ceil(2*(from.Seconds()*f+s.Ripple.Phase) - 0.5)
	for k := first; k < first+2; k++ {
		if turns := (k + 0.5) / 2; turns <= to.Seconds()*f+s.Ripple.Phase {
			v := s.From + physic.ElectricPotential(float64(s.Ripple.PeakToPeak)/2*math.Sin(2*math.Pi*turns))
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	return lo, hi
}

// Duration is the length of the curve, without the time that it waits.
func (c *Curve) Duration() time.Duration {
	if len(c.Segments) == 0 {
		return 0
	}
	return c.Segments[len(c.Segments)-1].End()
}

// Final is the voltage at which the curve ends.
func (c *Curve) Final() physic.ElectricPotential {
	if len(c.Segments) == 0 {
		return c.Before
	}
	s := c.Segments[len(c.Segments)-1]
	return s.At(s.Length)
}

// At returns the voltage at t: that before the curve or after it where t lies outside. During an interruption it is
// the one before, and At reports false.
func (c *Curve) At(t time.Duration) (v physic.ElectricPotential, driven bool) {
	i := c.Index(t)
	switch {
	case i < 0:
		return c.Before, true
	case i >= len(c.Segments):
		return c.Final(), true
	}
	s := c.Segments[i]
	return s.At(t - s.Start), !s.Open
}

// Index finds the segment at t: -1 before the first, their number after the last.
func (c *Curve) Index(t time.Duration) int {
	if t < 0 {
		return -1
	}
	return sort.Search(len(c.Segments), func(i int) bool { return t < c.Segments[i].End() })
}

// Range returns the lowest and highest voltage of the curve from one time to another.
func (c *Curve) Range(from, to time.Duration) (lo, hi physic.ElectricPotential) {
	lo, hi = physic.ElectricPotential(math.MaxInt64), physic.ElectricPotential(math.MinInt64)
	include := func(a, b physic.ElectricPotential) { lo, hi = min(lo, a), max(hi, b) }
	if from < 0 {
		include(c.Before, c.Before)
	}
	if to >= c.Duration() {
		include(c.Final(), c.Final())
	}
	for i := max(c.Index(from), 0); i < len(c.Segments) && c.Segments[i].Start <= to; i++ {
		s := c.Segments[i]
		include(s.bounds(max(from-s.Start, 0), min(to-s.Start, s.Length)))
	}
	return lo, hi
}

// Cycle is the length of the first of equal repetitions with what comes before it, or the whole curve if nothing repeats.
func (c *Curve) Cycle() time.Duration {
	first := map[Segment]int{}
	for j := range c.Segments {
		shape := c.shape(j)
		i, seen := first[shape]
		if seen && c.repeats(i, j) {
			return c.Segments[j].Start
		}
		if !seen {
			first[shape] = j
		}
	}
	return c.Duration()
}

// shape is a segment without its place.
func (c *Curve) shape(i int) Segment {
	s := c.Segments[i]
	s.Start = 0
	return s
}

// repeats says whether the segments from i to j come once more behind.
func (c *Curve) repeats(i, j int) bool {
	if 2*j-i > len(c.Segments) {
		return false
	}
	for k := range j - i {
		if c.shape(i+k) != c.shape(j+k) {
			return false
		}
	}
	return true
}
