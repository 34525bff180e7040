package rederive

import (
	"math"
	"time"

	"otabench/bench/record"
	"otabench/can/isotp"
)

// ofReadings and ofFrames are for evaluators that use one kind of evidence only.
type (
	ofReadings struct{}
	ofFrames   struct{}
)

func (ofReadings) frame(time.Duration, *isotp.PDU, *message) {}
func (ofFrames) reading(reading)                             {}

// voltages are functions of single readings.
type voltages struct {
	ofReadings
	function                    string
	n                           int
	lowest, highest, first, end float64
}

func (v *voltages) reading(r reading) {
	u := r.volts()
	if v.n == 0 {
		v.lowest, v.highest, v.first = u, u, u
	}
	v.n++
	v.lowest, v.highest, v.end = min(v.lowest, u), max(v.highest, u), u
}

func (v *voltages) value() (float64, bool) {
	switch v.function {
	case record.LowestVoltage:
		return v.lowest, v.n > 0
	case record.HighestVoltage:
		return v.highest, v.n > 0
	case record.MiddleVoltage:
		return (v.first + v.end) / 2, v.n > 0
	}
	return math.Abs(v.end - v.first), v.n > 0
}

// energy is the integral of the power, in J.
type energy struct {
	ofReadings
	n      int
	last   reading
	joules float64
}

func (e *energy) reading(r reading) {
	if e.n > 0 {
		e.joules += (power(r) + power(e.last)) / 2 * (r.t - e.last.t).Seconds()
	}
	e.n++
	e.last = r
}

func power(r reading) float64 { return r.volts() * r.amperes() }

func (e *energy) value() (float64, bool) { return e.joules, e.n > 1 }

// elapsed is the time between two frames.
type elapsed struct {
	ofFrames
	from, to   time.Duration
	begun, end bool
}

func (e *elapsed) frame(t time.Duration, _ *isotp.PDU, _ *message) {
	e.begun = e.begun || t == e.from
	e.end = e.end || t == e.to
}

func (e *elapsed) value() (float64, bool) { return (e.to - e.from).Seconds(), e.begun && e.end }

// responses are times between messages.
type responses struct {
	ofFrames
	function string
	n        int
	best     time.Duration
	asked    time.Duration // end of a request that nothing answered yet
	asking   bool
	waiting  bool          // the last response asked for more time
	pending  time.Duration // its end
}

const (
	negative = 0x7F
	wait     = 0x78
)

func (r *responses) frame(t time.Duration, p *isotp.PDU, m *message) {
	if m == nil {
		return
	}
	begins := p.Kind == isotp.SingleFrame || p.Kind == isotp.FirstFrame
	switch {
	case p.Tx && p.Complete:
		r.asked, r.asking, r.waiting = t, true, false
	case p.Tx || !begins:
	default:
		more := m.whole() && m.length == 3 && m.head[0] == negative && m.head[2] == wait
		r.response(t, more)
		r.asking, r.waiting, r.pending = false, more, t
	}
}

func (r *responses) response(t time.Duration, more bool) {
	switch {
	case r.function == record.LongestResponse && r.asking:
		r.take(t-r.asked, true)
	case r.function == record.LongestAfterPending && r.waiting:
		r.take(t-r.pending, true)
	case r.function == record.ShortestPending && r.waiting && more:
		r.take(t-r.pending, false)
	}
}

func (r *responses) take(d time.Duration, longest bool) {
	if r.n == 0 || longest == (d > r.best) {
		r.best = d
	}
	r.n++
}

func (r *responses) value() (float64, bool) { return r.best.Seconds(), r.n > 0 }

// frameToVoltage is the time from a frame to a reading. Frames are noted in anchors.
type frameToVoltage struct {
	ofReadings
	from, to time.Duration
	anchors  map[time.Duration]bool
	read     bool
}

func (f *frameToVoltage) reading(r reading) {
	d := r.t - f.to
	f.read = f.read || d <= tick && d >= -tick
}

func (f *frameToVoltage) value() (float64, bool) {
	return (f.to - f.from).Seconds(), f.anchors[f.from] && f.read
}
