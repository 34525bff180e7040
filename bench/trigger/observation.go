package trigger

import (
	"fmt"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/can"
	"otabench/can/isotp"
)

// Kind says what was seen.
type Kind uint8

// Kinds of observations.
const (
	// Frame is a CAN frame. Source is the bus.
	Frame Kind = iota
	// RequestBegun is the first frame of a UDS request, with as much of it as that frame carries. Source is the ECU.
	RequestBegun
	// RequestSent is the last frame of a UDS request.
	RequestSent
	// ResponseBegun is the first frame of a UDS response.
	ResponseBegun
	// ResponseSeen is the last frame of a UDS response.
	ResponseSeen
	// Line is a line on an ECU's console.
	Line
	// FlashOperation is the beginning of an operation of a simulated ECU's flash controller.
	FlashOperation
	// Transport is an ISO-TP frame between the tester and an ECU, which is the Source.
	Transport
	// Voltage is a reading of a rail, which is the Source.
	Voltage
	// Recorded is an event of the record. Source is its kind.
	Recorded
	// Elapsed is the end of a time that [Condition.After] waits for. Only the engine makes it.
	Elapsed
)

// kinds is a set of Kind.
type kinds uint32

func (k Kind) bit() kinds { return 1 << k }

// Observation is one thing that was seen on the bench.
type Observation struct {
	Kind   Kind
	Time   time.Time     // when it happened, not when it was noticed
	Source string        // role of the bus, ECU or rail
	Frame  can.Frame     // of a Frame
	Data   []byte        // of a request or response; not to be kept
	Text   string        // of a Line, FlashOperation, Recorded or Elapsed
	PDU    *isotp.PDU    // of a Transport; not to be kept
	Delay  time.Duration // of an Elapsed: how long it was waited for
	// Volts is a rail's voltage, Before the one that was read Interval earlier.
	Volts, Before physic.ElectricPotential
	Interval      time.Duration
	// Length is how long a FlashOperation takes if nothing disturbs it.
	Length time.Duration

	alarm int // of an Elapsed
}

func (o Observation) String() string {
	const shown = 8
	data := fmt.Sprintf("% X", o.Data[:min(len(o.Data), shown)])
	switch o.Kind {
	case Frame:
		return fmt.Sprintf("%s: frame %v", o.Source, o.Frame)
	case RequestBegun:
		return fmt.Sprintf("%s: request %s begun", o.Source, data)
	case RequestSent:
		return fmt.Sprintf("%s: request %s sent, %d bytes", o.Source, data, len(o.Data))
	case ResponseBegun:
		return fmt.Sprintf("%s: response %s begun", o.Source, data)
	case ResponseSeen:
		return fmt.Sprintf("%s: response %s, %d bytes", o.Source, data, len(o.Data))
	case Line:
		return fmt.Sprintf("%s: console %q", o.Source, o.Text)
	case FlashOperation:
		return fmt.Sprintf("%s: flash controller begins to %s", o.Source, o.Text)
	case Transport:
		return fmt.Sprintf("%s: %s", o.Source, describe(o.PDU))
	case Voltage:
		return fmt.Sprintf("%s: from %v to %v in %v", o.Source, o.Before, o.Volts, o.Interval.Round(time.Microsecond))
	case Recorded:
		return fmt.Sprintf("record: %s %s", o.Source, clip(o.Text))
	case Elapsed:
		return fmt.Sprintf("%v after %s", o.Delay, o.Text)
	}
	return fmt.Sprintf("%s: Kind(%d)", o.Source, o.Kind)
}

func describe(p *isotp.PDU) string {
	text := fmt.Sprintf("%v from the ECU", p.Kind)
	if p.Tx {
		text = fmt.Sprintf("%v to the ECU", p.Kind)
	}
	switch p.Kind {
	case isotp.ConsecutiveFrame:
		return fmt.Sprintf("%s, %d of its message, sequence number %d, bytes from %d of %d", text, p.Index, p.Sequence, p.Offset, p.Length)
	case isotp.FlowControl:
		return fmt.Sprintf("%s, %v", text, p.Status)
	}
	return fmt.Sprintf("%s, message of %d bytes", text, p.Length)
}

// clip bounds how much of a text stands in the name of an event.
func clip(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}
