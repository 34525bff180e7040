package conformance_test

import (
	"testing"
	"time"

	"otabench/ecu/conformance"
)

// A right server passes every check.
func TestRightServer(t *testing.T) {
	w := newWorld()
	began := time.Now()
	w.on(t, func(t *testing.T, p *conformance.Probe, _ *faulty) {
		for _, f := range findings(t, p) {
			if f.Outcome != conformance.Passed || f.Observations == 0 {
				t.Errorf("%v", f)
			}
			t.Log(f.Check.ID, f.Observations, f.Measurements)
		}
	})
	t.Log(time.Since(began))
}
