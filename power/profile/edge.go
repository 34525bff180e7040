package profile

import (
	"fmt"
	"time"

	"periph.io/x/conn/v3/physic"
)

// edgeTime is up to which length a ramp counts as an edge, of which the duration matters and not each voltage.
const edgeTime = time.Second

// isEdge tells edges from ramps and levels.
func isEdge(s Segment) bool {
	return !s.Open && !s.Recorded && s.From != s.To && s.Ripple.Frequency == 0 && (s.AtMost || s.Length <= edgeTime)
}

// edge is a change between two levels: a short segment, or the jump from one segment to the next.
type edge struct {
	segment  int // whose finding it is: its own, or the one that begins with the jump
	jump     bool
	middle   time.Duration // when it should be half way
	from, to physic.ElectricPotential

	before, after time.Duration // when 10 % and 90 % of the way were crossed, as far as seen
	share         time.Duration // of the way between them, in percent
	blur          time.Duration // by how much these times may be wrong together
	began, placed bool
	gap           time.Duration // longest time between two readings while it was awaited
}

// edgesOf lists the edges that a sensor can tell from its own uncertainty.
func edgesOf(c *Curve, sensor Sensor) []edge {
	var all []edge
	aim := func(v physic.ElectricPotential) physic.ElectricPotential { return max(v+c.Tolerance.aim(), 0) }
	level := c.Before
	for i, s := range c.Segments {
		begin := s.At(0)
		if !s.Open && !s.Recorded && (i == 0 || !c.Segments[i-1].Open) && visible(level, begin, sensor) {
			all = append(all, edge{segment: i, jump: true, middle: s.Start, from: aim(level), to: aim(begin)})
		}
		if isEdge(s) && visible(s.From, s.To, sensor) {
			all = append(all, edge{segment: i, middle: s.Start + s.Length/2, from: aim(s.From), to: aim(s.To)})
		}
		level = s.At(s.Length)
	}
	return all
}

// visible tells a change from what a sensor and rounding make of a level.
func visible(from, to physic.ElectricPotential, s Sensor) bool {
	least := 20*physic.MilliVolt + 4*s.uncertainty(max(from, to))
	return max(from-to, to-from) > least
}

// level is the voltage after a share of the way, in percent.
func (e *edge) level(percent int64) physic.ElectricPotential {
	return e.from + (e.to-e.from)*physic.ElectricPotential(percent)/100
}

// crossed returns when, between two readings, the voltage passed a level in the edge's direction.
func (e *edge) crossed(a, b sample, level physic.ElectricPotential) (time.Duration, bool) {
	falls := e.to < e.from
	passed := a.v > level && b.v <= level
	if !falls {
		passed = a.v < level && b.v >= level
	}
	if !passed {
		return 0, false
	}
	share := float64(level-a.v) / float64(b.v-a.v)
	return a.at + time.Duration(share*float64(b.at-a.at)), true
}

// follow looks for the edge that is awaited between two readings. The way down to 90 % may take several of them.
func (x *Comparison) follow(a, b sample) {
	for x.next < len(x.edges) {
		e := &x.edges[x.next]
		if b.at-x.shift < e.middle-x.reach(x.next) {
			return
		}
		e.gap = max(e.gap, b.at-a.at)
		if !e.placed {
			e.begin(a, b)
		}
		if middle, ok := e.crossed(a, b, e.level(50)); ok && !e.placed {
			e.placed = true
			x.place(e, middle, b.at-a.at)
		}
		if after, ok := e.crossed(a, b, e.level(90)); ok && e.placed {
			e.after = after
			e.blur += b.at - a.at
			x.finish(e)
			continue
		}
		if b.at-x.shift <= x.deadline(x.next) {
			return
		}
		x.miss()
	}
}

// begin notes when the first tenth was passed. Where the level before was not reached, half way has to do.
func (e *edge) begin(a, b sample) {
	before, ok := e.crossed(a, b, e.level(10))
	share := time.Duration(80)
	if !ok && !e.began {
		before, ok = e.crossed(a, b, e.level(50))
		share = 40
	}
	if ok {
		e.before, e.share, e.blur, e.began = before, share, b.at-a.at, true
	}
}

// hold keeps readings at the level before the edge for as long as the edge has not been seen, though it be late.
// Readings on the way are under it: they belong to no level.
func (e *edge) hold(t time.Duration, c *Curve, v physic.ElectricPotential) (at time.Duration, under bool) {
	if e.placed {
		return t, false
	}
	begin := e.begins(c)
	near := begin
	if i := c.Index(begin - 1); i >= 0 {
		near -= c.Tolerance.of(c.Segments[i].Length)
	}
	lo, hi := min(e.from, e.level(50)), max(e.from, e.level(50))
	return min(t, begin-1), t >= near && v >= lo && v <= hi
}

// reach is how long before its middle an edge is looked for: from halfway between its beginning and the edge before.
func (x *Comparison) reach(k int) time.Duration {
	e, after := x.edges[k], time.Duration(0)
	if k > 0 {
		after = x.edges[k-1].end(x.curve)
	}
	begin := e.begins(x.curve)
	return e.middle - begin + max(begin-after, 0)/2
}

// begins and end are the nominal times of an edge.
func (e *edge) begins(c *Curve) time.Duration {
	if e.jump {
		return e.middle
	}
	return c.Segments[e.segment].Start
}

func (e *edge) end(c *Curve) time.Duration {
	if e.jump {
		return e.middle
	}
	return c.Segments[e.segment].End()
}

// deadline is until when it is looked for: as long after its time as before it, or halfway to the next if that is
// later.
func (x *Comparison) deadline(k int) time.Duration {
	e := x.edges[k]
	wait := x.reach(k)
	if k+1 < len(x.edges) {
		wait = max(wait, (x.edges[k+1].middle-e.middle)/2)
	} else {
		wait = max(wait, x.curve.Duration()-e.middle)
	}
	return e.middle + wait
}

// vague is by how much the tolerance of the levels moves a crossing in time, at most: much on a shallow ramp.
func (x *Comparison) vague(e *edge) time.Duration {
	if e.jump {
		return 0
	}
	band, change := x.curve.Tolerance.Above+x.curve.Tolerance.Below, max(e.to-e.from, e.from-e.to)
	return time.Duration(float64(x.curve.Segments[e.segment].Length) * min(float64(band)/float64(change), 1))
}

// place shifts the curve to where the edge is, and checks that the duration before it is within its tolerance.
func (x *Comparison) place(e *edge, middle, blur time.Duration) {
	late := middle - e.middle
	moved, vague, unsure := late-x.shift, x.vague(e)/2, blur/2+x.sensor.Age/2
	off := max(moved, -moved)
	if s := x.curve.Segments[e.segment]; off <= vague || !e.jump && s.AtMost && off-unsure <= s.Length/2 {
		return // it may be where it should be
	}
	x.shift = late
	if e.segment == 0 {
		return // the curve begins with it
	}
	before := e.segment - 1
	length := x.curve.Segments[before].Length
	allowed := x.curve.Tolerance.of(length) + vague
	switch {
	case isEdge(x.curve.Segments[before]) || x.curve.Segments[before].Open:
	case off-unsure > allowed:
		lasted := rounded(max(length+moved, 0))
		x.parts[before].add(Finding{
			Verdict: shape(off, length), Time: off, Reason: fmt.Sprintf("lasts %v instead of %v", lasted, length),
		})
	case off+unsure > allowed:
		x.parts[before].add(Finding{
			Verdict: NotMeasured, Reason: fmt.Sprintf("its end is known to %v only, %v are allowed", rounded(unsure), allowed),
		})
	}
}

// shape tells an approximation from something else by a deviation in time.
func shape(off, length time.Duration) Verdict {
	if off > length {
		return NotMet
	}
	return Approximated
}

// finish judges the duration of an edge by the time from 10 to 90 % of the way.
func (x *Comparison) finish(e *edge) {
	x.next++
	if e.jump {
		return // it may take what the levels at both sides leave it
	}
	s := x.curve.Segments[e.segment]
	took := (e.after - e.before) * 100 / e.share
	off := took - s.Length
	if s.AtMost {
		off = max(off, 0)
	}
	off = max(off, -off)
	allowed, unsure := x.curve.Tolerance.of(s.Length)+x.vague(e), (e.blur/2+x.sensor.Age)*100/e.share
	if s.AtMost && took+unsure <= s.Length+allowed {
		return
	}
	switch {
	case off-unsure > allowed:
		x.parts[e.segment].add(Finding{
			Verdict: shape(off, s.Length), Time: off, Reason: fmt.Sprintf("takes %v", rounded(took)),
		})
	case off+unsure > allowed:
		x.parts[e.segment].add(Finding{
			Verdict: NotMeasured,
			Reason:  fmt.Sprintf("it is known to %v only, %v are allowed", rounded(unsure), allowed),
		})
	}
}

// miss gives up on the edge that is awaited.
func (x *Comparison) miss() {
	e := x.edges[x.next]
	x.next++
	f := Finding{Verdict: NotMet, Reason: fmt.Sprintf("no change from %v to %v was seen", e.from, e.to)}
	if !x.watched(e) {
		f = Finding{Verdict: NotMeasured, Reason: "too few readings"}
	}
	x.parts[e.segment].add(f)
}

// watched says whether readings were close enough for the edge to be seen, had it been there.
func (x *Comparison) watched(e edge) bool {
	after := e.segment
	if !e.jump {
		after++
	}
	if after >= len(x.parts) {
		after = e.segment
	}
	return e.gap > 0 && e.gap <= x.curve.Segments[after].Length/2
}

func (p *part) add(f Finding) { p.findings = append(p.findings, f) }
