package virtual

import (
	"time"

	"otabench/can"
)

// Limits of fault confinement (ISO 11898-1:2015, 12.1.4.3).
const (
	passiveAbove = 127
	busOffAbove  = 255
	// transmitPenalty is what a destroyed frame costs its sender.
	transmitPenalty = 8
)

// counters are a controller's error counters.
type counters struct {
	transmit, receive int
}

func (c counters) passive() bool { return c.transmit > passiveAbove || c.receive > passiveAbove }

// confine brings the state in line with the counters and reports a change to the node. It is called with bus.mu held.
func (n *Node) confine() {
	before := n.state
	switch {
	case n.errors.transmit > busOffAbove:
		n.busOff = true
		n.state = can.BusOff
	case n.errors.passive():
		n.state = can.ErrorPassive
	default:
		n.state = can.ErrorActive
	}
	if n.state == before {
		return
	}
	switch n.state {
	case can.BusOff:
		n.bus.report(n, can.ClassBusOff)
		for _, tx := range n.pending {
			tx.result <- n.sendError(tx.frame, can.ErrBusOff)
		}
		n.pending = nil
		if n.bus.speed.Restart > 0 {
			time.AfterFunc(n.bus.speed.Restart, n.Restart)
		}
	case can.ErrorPassive:
		n.bus.report(n, can.ClassController, 0, n.passiveCause())
	case can.ErrorActive:
		n.bus.report(n, can.ClassController, 0, can.CtrlActive)
	}
}

func (n *Node) passiveCause() (bits byte) {
	if n.errors.transmit > passiveAbove {
		bits |= can.CtrlTxPassive
	}
	if n.errors.receive > passiveAbove {
		bits |= can.CtrlRxPassive
	}
	return bits
}

// unheard makes the node error-passive because nobody acknowledges its frames. The sixteen attempts which that takes are
// not simulated one by one, and neither are the endless ones that follow: a missing acknowledge does not count any more
// once a sender is error-passive, so it never leads to bus-off (ISO 11898-1:2015, 12.1.4.2, exception 1).
// It is called with bus.mu held.
func (n *Node) unheard() {
	if n.errors.transmit > passiveAbove {
		return
	}
	n.errors.transmit = passiveAbove + 1
	n.bus.report(n, can.ClassNoAck)
	n.confine()
}
