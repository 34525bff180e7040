package sim

import (
	"slices"
	"sync"
	"time"

	"otabench/power"
)

// node keeps a circuit in time. Nothing polls: the next event of the circuit (a voltage level that somebody watches, a
// change of regulation, a trip) is computed whenever anything changes, and a timer is set for it. Whoever reads in
// between sees the curve, and events that a late timer has not delivered yet have happened all the same.
type node struct {
	mu      sync.Mutex
	circuit circuit
	segment segment
	start   time.Time // of the segment
	watches []*watch
	meter   meter
	timer   *time.Timer
	due     time.Time // of the timer, zero if it is stopped
	// calls are due; one goroutine at a time makes them, without the lock, in order.
	calls   []call
	calling bool
	// tripped is told of protections that act.
	tripped func(power.Trip)
}

// watch is a level that somebody watches.
type watch struct {
	level   float64
	above   bool
	notify  func(rising bool)
	stopped bool
}

// call is a notification that is due.
type call struct {
	watch  *watch // nil for a trip
	rising bool
	trip   power.Trip
}

func newNode(c circuit) *node {
	n := &node{circuit: c, start: time.Now(), segment: c.plan()}
	n.timer = time.AfterFunc(never, n.deliver)
	n.timer.Stop()
	return n
}

// change carries out f on the circuit as it is now. When it returns, every reading is on the new curves.
func (n *node) change(f func(*circuit)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.advance()
	n.circuit.step(n.segment, now.Sub(n.start))
	f(&n.circuit)
	n.replan(now)
	n.arm()
}

// view calls f with the segment and the time elapsed in it.
func (n *node) view(f func(c *circuit, s segment, elapsed time.Duration)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.advance()
	f(&n.circuit, n.segment, now.Sub(n.start))
	n.arm()
}

// advance carries out the events up to now.
func (n *node) advance() time.Time {
	now := time.Now()
	n.advanceTo(now)
	return now
}

func (n *node) advanceTo(now time.Time) {
	for now.Sub(n.start) >= n.segment.until {
		until, trip := n.segment.until, n.segment.trip
		n.circuit.step(n.segment, until)
		if trip != 0 {
			n.calls = append(n.calls, call{trip: trip})
		}
		n.replan(n.start.Add(until))
	}
}

// replan starts a new segment from the circuit's state. It ends early where a watched level is crossed.
func (n *node) replan(at time.Time) {
	n.read(at)
	n.start = at
	n.segment = n.circuit.plan()
	for _, w := range n.watches {
		if above := n.circuit.rail >= w.level; above != w.above {
			w.above = above
			n.calls = append(n.calls, call{watch: w, rising: above})
		}
		crossing := n.segment.rail.reach(w.level, n.segment.until)
		if crossing < n.segment.until {
			n.segment.until, n.segment.trip = crossing, 0
		}
	}
}

// arm sets the timer for the next event, or for now if calls are due.
func (n *node) arm() {
	due := n.start.Add(n.segment.until)
	switch {
	case n.calling: // deliver arms when it is done
		return
	case len(n.calls) > 0:
		due = time.Now()
	case n.segment.until == never:
		n.timer.Stop()
		n.due = time.Time{}
		return
	}
	if due != n.due {
		n.due = due
		n.timer.Reset(time.Until(due))
	}
}

// deliver makes the calls that are due, one at a time and without the lock.
func (n *node) deliver() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.calling {
		return
	}
	n.calling, n.due = true, time.Time{}
	n.advance()
	for len(n.calls) > 0 {
		c := n.calls[0]
		n.calls = n.calls[1:]
		n.deliverOne(c)
		n.advance()
	}
	n.calling = false
	n.arm()
}

// deliverOne releases the lock for the call.
func (n *node) deliverOne(c call) {
	tripped := n.tripped
	if c.watch != nil && c.watch.stopped {
		return
	}
	n.mu.Unlock()
	defer n.mu.Lock()
	switch {
	case c.watch != nil:
		c.watch.notify(c.rising)
	case tripped != nil:
		tripped(c.trip)
	}
}

// connect gives the node the source of a channel, as it is.
func (n *node) connect(src source, terminals float64, tripped func(power.Trip)) {
	n.change(func(c *circuit) {
		c.source, c.terminals = src, terminals
		n.tripped = tripped
	})
}

// retire stops the node and returns its source.
func (n *node) retire() (src source, terminals float64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.advance()
	n.circuit.step(n.segment, now.Sub(n.start))
	n.timer.Stop()
	return n.circuit.source, n.circuit.terminals
}

// watchLevel adds a watch and returns what ends it.
func (n *node) watchLevel(level float64, notify func(rising bool)) (stop func()) {
	w := &watch{level: level, notify: notify}
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.advance()
	n.circuit.step(n.segment, now.Sub(n.start))
	w.above = n.circuit.rail >= level
	n.watches = append(n.watches, w)
	n.replan(now)
	n.arm()
	return func() { n.unwatch(w) }
}

func (n *node) unwatch(w *watch) {
	n.mu.Lock()
	defer n.mu.Unlock()
	w.stopped = true
	n.watches = slices.DeleteFunc(n.watches, func(other *watch) bool { return other == w })
}

// exchange lets each of two channels feed what the other fed.
func exchange(a, b *Channel) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	n, m := a.node, b.node
	n.mu.Lock()
	defer n.mu.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	for _, x := range []*node{n, m} {
		x.advanceTo(now)
		x.circuit.step(x.segment, now.Sub(x.start))
	}
	n.circuit.source, m.circuit.source = m.circuit.source, n.circuit.source
	n.circuit.terminals, m.circuit.terminals = m.circuit.terminals, n.circuit.terminals
	n.tripped, m.tripped = m.tripped, n.tripped
	a.node, b.node = m, n
	for _, x := range []*node{n, m} {
		x.replan(now)
		x.arm()
	}
}
