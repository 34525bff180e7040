package bench_test

import (
	"strings"
	"testing"

	"otabench/bench"
	"otabench/bench/record"
)

func TestTheBenchHearsWhatItSends(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		running(t, b)
		b.Loopback(t.Context())
		proofs := said[record.Proof](j)
		if len(proofs) != 1 || !proofs[0].Holds() || proofs[0].Proof != record.Loopback || proofs[0].Subject != "bus body" || !strings.Contains(proofs[0].Detail, "7E0#") {
			t.Errorf("%+v", proofs)
		}
	})
}

// A unit without power proves nothing of its bus.
func TestAUnitThatDoesNotAnswerIsNoLoopback(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		b.Loopback(t.Context())
		if proofs := said[record.Proof](j); len(proofs) != 1 || proofs[0].Holds() || !strings.Contains(proofs[0].Detail, "does not answer") {
			t.Errorf("%+v", proofs)
		}
	})
}
