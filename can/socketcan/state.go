package socketcan

import "otabench/can"

// nextState follows the fault confinement state through the frames of a bus. Only error frames change it.
func nextState(s can.State, f can.Frame) can.State {
	if !f.Is(can.Error) {
		return s
	}
	switch problem := f.Data[1]; {
	case f.ID&can.ClassBusOff != 0:
		return can.BusOff
	case f.ID&can.ClassRestarted != 0:
		return can.ErrorActive
	case f.ID&can.ClassController == 0:
		return s
	case problem&(can.CtrlRxPassive|can.CtrlTxPassive) != 0:
		return can.ErrorPassive
	case problem&(can.CtrlActive|can.CtrlRxWarning|can.CtrlTxWarning) != 0:
		// The warning level is a mark within the error-active state, and also how a kernel reports the way back to it.
		return can.ErrorActive
	}
	return s
}
