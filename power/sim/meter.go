package sim

import (
	"math"
	"time"
)

// meter is an instrument's own meter that takes a reading so often and shows it until the next. A node with the zero meter
// has none.
type meter struct {
	period  time.Duration
	first   time.Time // of the readings
	reading reading
}

// reading is what there is at a supply's terminals, in volts and amperes.
type reading struct{ voltage, current float64 }

// last returns when the last reading up to a moment was taken.
func (m *meter) last(moment time.Time) time.Time {
	return m.first.Add(moment.Sub(m.first).Truncate(m.period))
}

// meterEvery gives the node a meter that takes its first reading now.
func (n *node) meterEvery(period time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.advance()
	n.meter = meter{period: period, first: now, reading: n.segment.reading(now.Sub(n.start))}
}

// read lets the meter take the reading that was due in the segment up to now, if any was.
func (n *node) read(now time.Time) {
	if n.meter.period == 0 {
		return
	}
	if last := n.meter.last(now); !last.Before(n.start) {
		n.meter.reading = n.segment.reading(last.Sub(n.start))
	}
}

func (s segment) reading(t time.Duration) reading {
	return reading{voltage: math.Max(0, s.terminals.at(t)), current: s.current.at(t)}
}

// metered returns what the instrument's meter shows.
func (ch *Channel) metered() reading {
	ch.mu.Lock()
	n := ch.node
	ch.mu.Unlock()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.read(n.advance())
	n.arm()
	return n.meter.reading
}
