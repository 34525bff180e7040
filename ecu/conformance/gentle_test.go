package conformance_test

import (
	"bytes"
	"testing"

	"otabench/can/isotp"
	"otabench/ecu/conformance"
)

// Nothing is changed in a right server.
func TestChecksChangeNothing(t *testing.T) {
	w := newWorld()
	w.changed = func(what string) { t.Errorf("a check changed %s", what) }
	w.on(t, func(t *testing.T, p *conformance.Probe, _ *faulty) { findings(t, p) })
}

// Nor would anything be in one that accepts whatever it is asked for.
func TestChecksAskForNothingHarmful(t *testing.T) {
	w := newWorld()
	w.fault.response = func(_ *faulty, m isotp.Message, response []byte) [][]byte {
		if response[0] == 0x7F && response[2] != 0x78 && m.Data[0] != 0x11 {
			response = append([]byte{m.Data[0] + 0x40}, m.Data[1:]...)
		}
		return [][]byte{response}
	}
	w.on(t, func(t *testing.T, p *conformance.Probe, wire *faulty) {
		for _, check := range conformance.Checks() {
			if _, err := check.Run(t.Context(), p); err != nil {
				t.Logf("%v", err) // no verdict on such an ECU
			}
		}
		if len(wire.requests) < 500 {
			t.Errorf("only %d requests were seen", len(wire.requests))
		}
		for _, request := range wire.requests {
			if harmful(request) {
				t.Errorf("a check asks % X", request)
			}
		}
	})
}

// harmful says whether a request would change something in an ECU that takes it, be its length right or not.
func harmful(request []byte) bool {
	// An identifier, a group, a format and a routine of zeros do not exist.
	if len(bytes.Trim(request[1:], "\x00")) == 0 || request[1] == 0x7F { // nor does that sub-function
		return false
	}
	switch request[0] {
	case 0x14, 0x2A, 0x2C, 0x2E, 0x2F, 0x35, 0x38, 0x3D:
		return true
	case 0x28:
		return request[1] != 0x00 && len(request) > 2 && request[2] != 0
	case 0x31:
		return request[1]&0x7F == 0x01 && len(request) >= 4 && !harmlessRoutine(request[2:4])
	case 0x34: // a download of nothing is none
		return len(request) > 10
	case 0x36:
		return len(request) > 3
	case 0x85:
		return request[1]&0x7F == 0x02
	}
	return false
}

func harmlessRoutine(id []byte) bool {
	return bytes.Equal(id, []byte{0, 0}) || bytes.Equal(id, []byte{0x02, 0x03}) || bytes.Equal(id, []byte{0x03, 0x01})
}
