package can_test

import (
	"testing"

	"otabench/can"
)

func TestProblem(t *testing.T) {
	report := func(class can.ErrorClass, data ...byte) can.Frame {
		f := can.New(class, data...)
		f.Flags = can.Error
		return f
	}
	for want, f := range map[string]can.Frame{
		"":        can.New(can.ClassBusOff),
		"bus-off": report(can.ClassBusOff),
		"controller: receive overflow, transmit passive":  report(can.ClassController, 0, can.CtrlRxOverflow|can.CtrlTxPassive),
		"controller: unspecified":                         report(can.ClassController),
		"no acknowledgement; error counters tx 128 rx 7":  report(can.ClassNoAck|0x200, 0, 0, 0, 0, 0, 0, 128, 7),
		"protocol: stuff error, while sending; bus error": report(can.ClassProtocol|can.ClassBusError, 0, 0, 0x84),
		"lost arbitration at bit 5":                       report(can.ClassLostArbitration, 5),
		"restarted; transmit timeout":                     report(can.ClassRestarted | can.ClassTxTimeout),
		"transceiver: status 0x04":                        report(can.ClassTransceiver, 0, 0, 0, 0, 4),
		"error class 0x8000":                              report(0x8000),
	} {
		if got := f.Problem(); got != want {
			t.Errorf("%v: got %q, want %q", f, got, want)
		}
	}
}
