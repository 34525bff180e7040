package profile

import (
	"math"
	"time"

	"periph.io/x/conn/v3/physic"
)

// model is what the terminals of a rail do under a plan: they follow each command with the rail's latency and slopes,
// and an open line lets them fall.
type model struct {
	can        Capability
	comparison *Comparison
	now        time.Duration
	v, target  physic.ElectricPotential
	prepared   physic.ElectricPotential
	open       bool
	swapping   bool
	see        func(Point)
}

// Predict calls see with what the terminals are expected to do, from the curve's beginning to its end.
func (p *Plan) Predict(see func(Point)) { p.predict(see) }

// predict lets a model carry the plan out and compares what its terminals do with the curve.
func (p *Plan) predict(see func(Point)) Judgement {
	start := p.Begin()
	m := &model{
		can: p.Can, comparison: NewComparison(p.Curve, Sensor{}), see: see, v: start, target: start, now: -time.Second,
	}
	var free time.Duration
	late := false
	next := 0
	for _, a := range p.Actions {
		for ; next < len(p.Curve.Segments) && p.Curve.Segments[next].Start <= a.At; next++ {
			m.until(p.Curve.Segments[next].Start)
		}
		at := a.At
		if a.Kind == Set || a.Kind == Prepare {
			// Every other command comes as late as one can: that is the worst for the time between two.
			if late {
				at += p.Can.Jitter
			}
			late = !late
			at = max(at, free)
			free = at + p.Can.Interval
		}
		m.until(at)
		m.do(a)
	}
	for ; next < len(p.Curve.Segments); next++ {
		m.until(p.Curve.Segments[next].Start)
	}
	m.until(p.Curve.Duration())
	for i, s := range p.Curve.Segments {
		if s.Open && p.Can.Switch != nil {
			m.comparison.Opened(i, max(s.Length, p.Can.Switch.Shortest)+p.Can.Switch.Jitter)
		}
	}
	return m.judgement()
}

// judgement takes what could not be seen for what does not happen: a model is read as closely as need be.
func (m *model) judgement() Judgement {
	j := m.comparison.Result()
	for i, f := range j.Findings {
		if f.Verdict == NotMeasured {
			j.Findings[i].Verdict, j.Findings[i].Reason = NotMet, "not reached"
		}
		j.Findings[i].Readings = 0
	}
	return j
}

func (m *model) do(a Action) {
	switch a.Kind {
	case Set:
		m.target, m.swapping = a.Volts, false
	case RunList:
		for range a.Repeat {
			for _, s := range a.List {
				m.target, m.swapping = s.Volts, false
				m.until(m.now + s.Dwell)
			}
		}
	case Open:
		m.open = true
	case Close:
		m.open = false
	case Prepare:
		m.prepared = a.Volts
	case Swap:
		m.target, m.prepared, m.swapping = m.prepared, m.target, true
	}
}

const (
	// looks is how many readings are taken of a change, calmLooks of a level.
	looks, calmLooks = 24, 5
)

// until lets time pass and takes readings, closely for as long as the voltage changes.
func (m *model) until(t time.Duration) {
	if t <= m.now {
		return
	}
	begin, from := m.now, m.v
	moving := min(m.travel(), t-begin)
	for k := 1; k <= looks; k++ {
		m.read(begin+time.Duration(float64(moving)*float64(k)/looks), begin, from)
	}
	rest := t - begin - moving
	for k := 1; k <= calmLooks; k++ {
		m.read(begin+moving+time.Duration(float64(rest)*float64(k)/calmLooks), begin, from)
	}
}

// read takes a reading at t of a change that began earlier.
func (m *model) read(t, begin time.Duration, from physic.ElectricPotential) {
	if t <= m.now {
		return
	}
	m.v, m.now = m.after(from, t-begin), t
	m.comparison.Add(t, m.v)
	if t >= 0 {
		m.see(Point{t, m.v})
	}
}

// travel is how long the change to where the terminals go takes.
func (m *model) travel() time.Duration {
	switch {
	case m.open:
		return decay(m.v, 0, m.can.Switch.Decay)
	case m.swapping:
		return m.can.Second.Transition
	}
	return m.can.travel(m.v, m.target)
}

// after is the voltage at the terminals some time after a change began.
func (m *model) after(from physic.ElectricPotential, elapsed time.Duration) physic.ElectricPotential {
	milliseconds := float64(elapsed) / float64(time.Millisecond)
	switch {
	case m.open:
		return exponential(from, elapsed, m.can.Switch.Decay)
	case m.swapping:
		share := min(float64(elapsed)/float64(max(m.can.Second.Transition, 1)), 1)
		return from + physic.ElectricPotential(float64(m.target-from)*share)
	case m.target >= from:
		return min(from+physic.ElectricPotential(float64(m.can.Rise)*milliseconds), m.target)
	case m.can.Fall > 0:
		return max(from-physic.ElectricPotential(float64(m.can.Fall)*milliseconds), m.target)
	}
	return max(exponential(from, elapsed, m.can.Decay), m.target)
}

func exponential(from physic.ElectricPotential, elapsed, constant time.Duration) physic.ElectricPotential {
	if constant <= 0 {
		return 0
	}
	return physic.ElectricPotential(float64(from) * math.Exp(-float64(elapsed)/float64(constant)))
}
