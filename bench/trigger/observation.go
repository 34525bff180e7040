package trigger

import (
	"fmt"
	"time"

	"otabench/can"
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
)

// Observation is one thing that was seen on the bench.
type Observation struct {
	Kind   Kind
	Time   time.Time // when it happened, not when it was noticed
	Source string    // role of the bus or ECU
	Frame  can.Frame // of a Frame
	Data   []byte    // of a request or response; not to be kept
	Text   string    // of a Line or a FlashOperation
	// Length is how long a FlashOperation takes if nothing disturbs it.
	Length time.Duration
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
	}
	return fmt.Sprintf("%s: Kind(%d)", o.Source, o.Kind)
}
