package profile

import (
	"fmt"
	"time"

	"periph.io/x/conn/v3/physic"
)

// Sensor is what is known of the readings that a curve is compared with.
type Sensor struct {
	// Age is how long before its time a reading may have been taken.
	Age time.Duration
	// Volts and Percent (of the reading) together are how far a reading may be wrong.
	Volts   physic.ElectricPotential
	Percent float64
}

func (s Sensor) uncertainty(v physic.ElectricPotential) physic.ElectricPotential {
	return s.Volts + physic.ElectricPotential(s.Percent/100*float64(max(v, -v)))
}

// Comparison holds readings against a curve. Levels, ramps and ripple have to lie within the tolerance. An edge has to
// take the time that it should. Each level may begin as early or as late as the tolerance of the duration before it
// allows: readings are compared from the edge on that was seen, not from where it should have been.
//
// What the uncertainty of the sensor leaves open is not measured; so is a part of which there are too few readings.
type Comparison struct {
	curve  *Curve
	sensor Sensor
	parts  []part
	edges  []edge

	next    int           // edge that is awaited
	shift   time.Duration // of the curve, by the last edge that was seen
	last    sample
	started bool
}

// sample is a reading on the curve's clock.
type sample struct {
	at time.Duration
	v  physic.ElectricPotential
}

// part collects what is seen of a segment.
type part struct {
	readings  int
	last      time.Duration // of the last reading
	gap       time.Duration // longest time without one
	outside   time.Duration // time outside the tolerance
	deviation physic.ElectricPotential
	undecided bool
	lowest    physic.ElectricPotential
	opened    time.Duration // for how long the line was open
	jump      bool          // a larger step than permitted
	covered   bool          // readings on both sides are close
	findings  []Finding     // of its edges
}

// NewComparison begins a comparison.
func NewComparison(c *Curve, s Sensor) *Comparison {
	x := &Comparison{curve: c, sensor: s, parts: make([]part, len(c.Segments))}
	for i := range x.parts {
		x.parts[i].last = c.Segments[i].Start
		x.parts[i].lowest = maxVolts
	}
	x.edges = edgesOf(c, s)
	return x
}

// Add tells of a reading, at a time on the curve's clock. Times must not fall.
func (x *Comparison) Add(at time.Duration, v physic.ElectricPotential) {
	now := sample{at - x.sensor.Age/2, v}
	if x.started {
		x.follow(x.last, now)
	}
	x.judge(now)
	x.last, x.started = now, true
}

// Opened tells for how long the line was open in segment i.
func (x *Comparison) Opened(i int, d time.Duration) { x.parts[i].opened = d }

// judge compares one reading with the curve, as it was shifted by the last edge.
func (x *Comparison) judge(now sample) {
	t, under := now.at-x.shift, false
	if x.next < len(x.edges) {
		t, under = x.edges[x.next].hold(t, x.curve, now.v)
	}
	i := x.curve.Index(t)
	if i < 0 || i >= len(x.parts) {
		return
	}
	p, s := &x.parts[i], x.curve.Segments[i]
	x.cover(i, now)
	p.readings++
	elapsed := max(t-p.last, 0)
	p.gap, p.last = max(p.gap, elapsed), max(t, p.last)
	p.lowest = min(p.lowest, now.v)
	if under || isEdge(s) || s.Open {
		return
	}
	x.steps(p, s, now)
	deviation, certain, decided := x.deviation(s, t, now.v)
	switch {
	case certain:
		p.outside += max(now.at-x.last.at, 1)
		p.deviation = max(p.deviation, deviation)
	case !decided:
		p.undecided = true
	}
}

// cover notes the pieces of a recording that lie between two readings that are close enough for all of them.
func (x *Comparison) cover(i int, now sample) {
	if !x.started || now.at-x.last.at > 2*x.curve.Tolerance.Shift {
		return
	}
	for ; i >= 0 && x.curve.Segments[i].Recorded && x.curve.Segments[i].End() >= x.last.at-x.shift; i-- {
		x.parts[i].covered = true
	}
}

// deviation says how far a reading lies from the curve, whether it is outside the tolerance for certain, and else
// whether it is inside for certain.
func (x *Comparison) deviation(s Segment, t time.Duration, v physic.ElectricPotential) (
	d physic.ElectricPotential, outside, decided bool,
) {
	tolerance, when := x.curve.Tolerance, x.sensor.Age/2
	u := x.sensor.uncertainty(v)
	slack := x.slack(s)
	lo, hi := x.curve.Range(t-slack-when, t+slack+when)
	d = max(v-hi, lo-v, 0)
	// Nothing gets to 0 V quite, and no sensor could tell.
	if v-u > max(hi+tolerance.Above, floor) || v+u < lo-tolerance.Below {
		return d, true, true
	}
	// Inside for certain: wherever within its uncertainty the reading lies.
	if slack >= when {
		lo, hi = x.curve.Range(t-slack+when, t+slack-when)
	} else {
		// The reading may be of any of these times: it has to fit all of them.
		hi, lo = x.curve.Range(t-when+slack, t+when-slack)
	}
	return 0, false, v+u <= max(hi+tolerance.Above, floor) && v-u >= lo-tolerance.Below
}

// slack is how much time the tolerance gives within a segment: the ripple's is that of its period.
func (x *Comparison) slack(s Segment) time.Duration {
	length := s.Length
	if s.Ripple.Frequency != 0 {
		length = s.Ripple.Frequency.Period()
	}
	return max(x.curve.Tolerance.of(length), x.curve.Tolerance.Shift)
}

// aim is where a level is set so that as much may go wrong on one side as on the other.
func (t Tolerance) aim() physic.ElectricPotential { return (t.Above - t.Below) / 2 }

// of returns how much time a part of a curve may be early or late.
func (t Tolerance) of(d time.Duration) time.Duration { return time.Duration(float64(d) * t.Time / 100) }

// steps looks for steps in a ramp that are larger than the standard permits.
func (x *Comparison) steps(p *part, s Segment, now sample) {
	permitted := x.curve.Tolerance.Step
	if permitted == 0 || s.From == s.To || !x.started || x.last.at-x.shift < s.Start {
		return
	}
	moved := max(now.v-x.last.v, x.last.v-now.v)
	due := physic.ElectricPotential(float64(max(s.To-s.From, s.From-s.To)) * float64(now.at-x.last.at) / float64(s.Length))
	if moved > permitted+due+2*x.sensor.uncertainty(now.v) {
		p.jump = true
		p.deviation = max(p.deviation, moved-due)
	}
}

// Result judges what was told so far; parts that are not over yet are not measured.
func (x *Comparison) Result() Judgement {
	j := Judgement{Curve: x.curve, Findings: make([]Finding, len(x.parts))}
	for x.next < len(x.edges) {
		x.miss()
	}
	lo, hi := x.curve.Range(0, x.curve.Duration())
	for i := range x.parts {
		j.Findings[i] = x.finding(i, hi-lo)
	}
	return j
}

func (x *Comparison) finding(i int, span physic.ElectricPotential) Finding {
	p, s := x.parts[i], x.curve.Segments[i]
	f := Finding{Verdict: Met, Readings: p.readings}
	for _, more := range p.findings {
		f = f.worse(more)
	}
	if !isEdge(s) {
		f = f.worse(x.body(p, s, span))
	}
	return f
}

// body judges a level, a ramp, a ripple or an interruption.
func (x *Comparison) body(p part, s Segment, span physic.ElectricPotential) Finding {
	if s.Open {
		return x.interruption(p, s)
	}
	gap := max(p.gap, s.End()-p.last)
	f := Finding{Volts: p.deviation}
	switch {
	case p.covered && p.readings == 0:
		f.Verdict = Met
	case p.readings == 0:
		f.Verdict, f.Reason = NotMeasured, "no reading"
	case gap > s.Length/2 && !p.covered:
		f.Verdict, f.Reason = NotMeasured, fmt.Sprintf("no reading for %v of %v", rounded(gap), s.Length)
	case p.jump:
		f.Verdict = Approximated
		f.Reason = fmt.Sprintf("steps of %v", p.deviation)
	case p.outside == 0 && p.undecided:
		f.Verdict = NotMeasured
		f.Reason = "the sensor cannot tell whether it is within the tolerance"
	case p.outside == 0:
		f.Verdict = Met
	default:
		f.Time = min(p.outside, s.Length)
		f.Verdict = Approximated
		if p.outside > s.Length/2 && p.deviation > span/10 {
			f.Verdict = NotMet
		}
		f.Reason = fmt.Sprintf("off by up to %v, outside the tolerance for %v of %v", p.deviation, rounded(f.Time), s.Length)
	}
	return f
}

// sagTime is for how long a line has to be open before the voltage behind it must have fallen.
const sagTime = 100 * time.Millisecond

// interruption judges by how long the switch was open, and by whether the voltage fell.
func (x *Comparison) interruption(p part, s Segment) Finding {
	off := max(p.opened-s.Length, s.Length-p.opened)
	f := Finding{Verdict: Met}
	switch {
	case p.opened == 0:
		f.Verdict, f.Reason = NotMeasured, "it is not known for how long the line was open"
	case s.Length >= sagTime && p.readings == 0:
		f.Verdict, f.Reason = NotMeasured, "no reading while the line was open"
	case s.Length >= sagTime && p.lowest > s.From-s.From/10:
		f.Verdict, f.Volts, f.Reason = NotMet, p.lowest, fmt.Sprintf("%v stayed: is the contact welded?", p.lowest)
	case off > x.curve.Tolerance.of(s.Length):
		f.Time = off
		f.Verdict = Approximated
		if off > s.Length {
			f.Verdict = NotMet
		}
		f.Reason = fmt.Sprintf("open for %v instead of %v", p.opened, s.Length)
	}
	return f
}

// rounded is a time for readers.
func rounded(d time.Duration) time.Duration {
	if d > time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(10 * time.Microsecond)
}
