package conformance_test

import (
	"testing"

	"otabench/can/isotp"
	"otabench/ecu/conformance"
)

// Whatever an ECU answers, a check comes to an end.
func FuzzResponses(f *testing.F) {
	f.Add([]byte{0x7F, 0x22, 0x31}, true)
	f.Add([]byte{0x01}, false)
	f.Add([]byte{0x02, 0xFF, 0xC1}, false)
	f.Add([]byte{0xF1, 0x86}, false)
	f.Add([]byte{}, false)
	f.Fuzz(func(t *testing.T, response []byte, whole bool) {
		if len(response) > 200 || len(response) == 0 && whole {
			return
		}
		w := newWorld()
		w.fault.response = func(_ *faulty, m isotp.Message, right []byte) [][]byte {
			switch {
			case m.Data[0] == 0x10:
				return [][]byte{right}
			case whole:
				return [][]byte{response}
			}
			return [][]byte{append([]byte{m.Data[0] + 0x40}, response...)}
		}
		w.on(t, func(t *testing.T, p *conformance.Probe, _ *faulty) {
			for _, check := range conformance.Checks() {
				if finding, err := check.Run(t.Context(), p); err == nil && finding.Outcome == "" {
					t.Errorf("%s has neither verdict nor error", check.ID)
				}
			}
		})
	})
}
