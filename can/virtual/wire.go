package virtual

import (
	"time"

	"otabench/can"
)

// run drives the wire: it alone transmits and delivers.
func (b *Bus) run() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for b.sleepUntil(timer, b.clock.free) {
		if a, ok := b.arbitrate(); ok {
			if !b.transmit(timer, a) {
				return
			}
			continue
		}
		select {
		case <-b.wake:
			b.flush(time.Now())
		case <-b.done:
			return
		}
	}
}

// sleepUntil reports whether the wire still is in use at t.
func (b *Bus) sleepUntil(timer *time.Timer, t time.Time) bool {
	wait := time.Until(t)
	if wait <= 0 {
		select {
		case <-b.done:
			return false
		default:
			return true
		}
	}
	timer.Reset(wait)
	select {
	case <-timer.C:
		return true
	case <-b.done:
		return false
	}
}

// attempt is a transmission that won the wire.
type attempt struct {
	tx     *transmission
	sender *Node
	frame  can.Frame
	since  time.Time
	faults []*fault
	short  bool
}

// arbitrate picks the frame with the highest priority of those that the nodes offer. Among equals, which on a wire would
// be an error of the network's design, the node that was attached first wins.
func (b *Bus) arbitrate() (a attempt, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	connected := 0
	var best *transmission
	for _, n := range b.nodes {
		if n.connected() {
			connected++
		}
		if len(n.pending) > 0 && n.connected() && (best == nil || n.pending[0].priority < best.priority) {
			best = n.pending[0]
		}
		if len(n.pending) > 0 && !n.attached {
			n.unheard()
		}
	}
	if best == nil {
		return attempt{}, false
	}
	if connected < 2 && !b.short {
		best.node.unheard()
		return attempt{}, false
	}
	return attempt{best, best.node, best.frame, best.since, b.faults, b.short}, true
}

// transmit carries one frame, and reports whether the wire still is in use at its end.
func (b *Bus) transmit(timer *time.Timer, a attempt) bool {
	action := actionFor(a.faults, a.frame)
	if a.short {
		action = Corrupt
	}
	length, intermission := b.speed.duration(a.frame)
	length += max(0, time.Duration(action))
	if b.speed.Delay != nil {
		length += b.speed.Delay()
	}
	end := b.clock.start(a.since).Add(length)
	if action == Corrupt {
		flag, _ := b.speed.duration(can.Frame{Flags: can.Error})
		end = end.Add(flag)
	}
	if b.speed.Bitrate > 0 || length > 0 {
		if !b.sleepUntil(timer, end) {
			return false
		}
		b.clock.arrived(end)
	} else {
		end = time.Now()
	}
	b.clock.free = end.Add(intermission)
	if action == Corrupt {
		b.destroyed(a, end)
	} else {
		b.carried(a, end, action == Drop)
	}
	return true
}

// carried ends a frame that nothing destroyed on the wire.
func (b *Bus) carried(a attempt, end time.Time, lost bool) {
	b.mu.Lock()
	if !a.sender.connected() {
		b.mu.Unlock()
		b.destroyed(a, end) // it went silent in the middle of its frame
		return
	}
	hearers := b.nodes
	for _, n := range hearers {
		own := n == a.sender
		n.hears = n.connected() && (own || !lost)
		if n.hears && !own {
			n.received()
		}
	}
	waiting := a.take()
	a.sender.succeeded()
	b.mu.Unlock()
	// What a tap does to a node comes after the frame: those that were there at its end all hear it.
	for _, n := range hearers {
		if n.hears {
			n.Deliver(can.Received{Frame: a.frame, Time: end, Own: n == a.sender})
		}
	}
	b.flush(end)
	if waiting {
		a.tx.result <- nil
	}
}

// take removes the frame from its sender's queue, and reports whether its Send still waits. It is called with bus.mu held.
func (a attempt) take() (waiting bool) {
	pending := a.sender.pending
	if len(pending) == 0 || pending[0] != a.tx {
		return false
	}
	copy(pending, pending[1:])
	pending[len(pending)-1] = nil
	a.sender.pending = pending[:len(pending)-1]
	return true
}

func (n *Node) succeeded() {
	if n.errors.transmit > 0 {
		n.errors.transmit--
		n.confine()
	}
}

func (n *Node) received() {
	if n.errors.receive > 0 {
		n.errors.receive--
		n.confine()
	}
}

// destroyed ends a frame with an error frame. It stays pending: controllers send again by themselves.
func (b *Bus) destroyed(a attempt, end time.Time) {
	b.mu.Lock()
	for _, n := range b.nodes {
		switch {
		case !n.connected():
			continue
		case n == a.sender:
			n.errors.transmit += transmitPenalty
		case !n.errors.passive():
			n.errors.receive++
		}
		b.report(n, can.ClassProtocol|can.ClassBusError)
		n.confine()
	}
	b.mu.Unlock()
	b.flush(end)
}
