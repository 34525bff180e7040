package can_test

import (
	"testing"

	"otabench/can"
)

// problem is an error frame.
func problem(class can.ErrorClass, data ...byte) can.Frame {
	f := can.New(class, append(data, make([]byte, can.MaxData-len(data))...)...)
	f.Flags = can.Error
	return f
}

func TestStateAfter(t *testing.T) {
	const off, passive, active = can.BusOff, can.ErrorPassive, can.ErrorActive
	for i, step := range []struct {
		from  can.State
		frame can.Frame
		want  can.State
	}{
		{active, problem(can.ClassController, 0, can.CtrlTxPassive), passive},
		{passive, problem(can.ClassController, 0, can.CtrlRxOverflow), passive},
		{passive, problem(can.ClassProtocol | can.ClassBusError), passive},
		{passive, can.New(1, 0), passive},
		{passive, problem(can.ClassController, 0, can.CtrlTxWarning), active},
		{passive, problem(can.ClassController, 0, can.CtrlActive), active},
		{active, problem(can.ClassController, 0, can.CtrlRxPassive|can.CtrlRxWarning), passive},
		{passive, problem(can.ClassBusOff), off},
		{off, problem(can.ClassNoAck), off},
		{off, problem(can.ClassRestarted), active},
	} {
		if got := step.from.After(step.frame); got != step.want {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
	}
}

func TestOverflow(t *testing.T) {
	r := can.Overflow(3)
	if r.Lost != 3 || r.Time.IsZero() || r.Problem() != "controller: receive overflow" {
		t.Errorf("%+v: %s", r, r.Problem())
	}
}
