package trigger

import (
	"bytes"
	"fmt"
	"slices"

	"otabench/can/isotp"
)

// TransportFrame is an ISO-TP frame between the tester and an ECU, physically addressed. Its methods return frames that
// are chosen more narrowly; Seen is its moment.
type TransportFrame struct {
	ecu, text string
	tx        bool
	kind      isotp.Kind
	accepts   []func(*isotp.PDU) bool
}

// FrameTo is a frame of a kind that the tester sends to an ECU.
func FrameTo(ecu string, k isotp.Kind) TransportFrame {
	return TransportFrame{ecu: ecu, tx: true, kind: k, text: fmt.Sprintf("%v to %s", k, ecu)}
}

// FrameFrom is a frame of a kind that an ECU sends to the tester.
func FrameFrom(ecu string, k isotp.Kind) TransportFrame {
	return TransportFrame{ecu: ecu, kind: k, text: fmt.Sprintf("%v from %s", k, ecu)}
}

// Of chooses frames of a message that begins with prefix. Of a message's FF, as much counts as that frame carries. Flow
// control has no message.
func (f TransportFrame) Of(prefix ...byte) TransportFrame {
	return f.with(fmt.Sprintf(" of % X", prefix), func(p *isotp.PDU) bool {
		return p.Kind != isotp.FlowControl && bytes.HasPrefix(p.Data, prefix)
	})
}

// Index chooses the n-th CF of its message, counted from 1, without a limit.
func (f TransportFrame) Index(n int) TransportFrame {
	return f.with(fmt.Sprintf(" %d", n), func(p *isotp.PDU) bool { return p.Index == n })
}

// Sequence chooses CFs with a sequence number, 0 to 15.
func (f TransportFrame) Sequence(n byte) TransportFrame {
	return f.with(fmt.Sprintf(" with sequence number %d", n), func(p *isotp.PDU) bool {
		return p.Kind == isotp.ConsecutiveFrame && p.Sequence == n
	})
}

// Status chooses flow control with a status.
func (f TransportFrame) Status(s isotp.FlowStatus) TransportFrame {
	return f.with(fmt.Sprintf(" with %v", s), func(p *isotp.PDU) bool {
		return p.Kind == isotp.FlowControl && p.Status == s
	})
}

func (f TransportFrame) with(text string, accepts func(*isotp.PDU) bool) TransportFrame {
	f.text += text
	f.accepts = append(slices.Clone(f.accepts), accepts)
	return f
}

// Seen is met by the end of the frame on the bus.
func (f TransportFrame) Seen() Condition {
	return each(f.text, Transport, func(o Observation) bool {
		p := o.PDU
		if o.Source != f.ecu || p.Tx != f.tx || p.Kind != f.kind {
			return false
		}
		for _, accepts := range f.accepts {
			if !accepts(p) {
				return false
			}
		}
		return true
	})
}
