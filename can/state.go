package can

import (
	"fmt"
	"time"
)

// State is the fault confinement state of a controller (ISO 11898-1:2015, 12.1.4).
type State uint8

// Controller states.
const (
	ErrorActive State = iota
	ErrorPassive
	BusOff
	Stopped
)

func (s State) String() string {
	switch s {
	case ErrorActive:
		return "error-active"
	case ErrorPassive:
		return "error-passive"
	case BusOff:
		return "bus-off"
	case Stopped:
		return "stopped"
	}
	return fmt.Sprintf("State(%d)", s)
}

// After is the state of a controller after one more frame of its bus. Only error frames change it.
func (s State) After(f Frame) State {
	if !f.Is(Error) {
		return s
	}
	switch problem := f.Data[1]; {
	case f.ID&ClassBusOff != 0:
		return BusOff
	case f.ID&ClassRestarted != 0:
		return ErrorActive
	case f.ID&ClassController == 0:
		return s
	case problem&(CtrlRxPassive|CtrlTxPassive) != 0:
		return ErrorPassive
	case problem&(CtrlActive|CtrlRxWarning|CtrlTxWarning) != 0:
		// The warning level is a mark within the error-active state, and also how a kernel reports the way back to it.
		return ErrorActive
	}
	return s
}

// Overflow stands for frames that were lost after the last one that could be received: an error frame, as a controller
// reports that its receive queue has overflowed.
func Overflow(lost uint64) Received {
	f := New(ClassController, 0, CtrlRxOverflow, 0, 0, 0, 0, 0, 0)
	f.Flags = Error
	return Received{Frame: f, Time: time.Now(), Lost: lost}
}
