package sim

import (
	"testing"

	"otabench/ecu/sim/flashmem"
)

// hidden are the operations of a story from which on its power is cut here: all since the first one on boot metadata or
// NVM, which are last in an update.
func hidden(t *testing.T, cfg Config, s story) (from, to int) {
	t.Helper()
	cfg.OnFlashOp = func(n int, op flashmem.Op) {
		if from == 0 && op.Addr < cfg.Flash.withDefaults().slotAddr(slotA) {
			from = n
		}
		to = n
	}
	withRig(t, cfg, func(t *testing.T, r *rig) {
		if err := s.tell(r); err != nil {
			t.Fatalf("undisturbed: %v\n%s", err, r.console)
		}
	})
	return from, to
}

// TestSweepFindsHiddenFaults cuts the power of ECUs whose faults nothing else shows.
func TestSweepFindsHiddenFaults(t *testing.T) {
	for _, d := range Catalogue() {
		if !d.Sweep {
			continue
		}
		t.Run(string(d.Name), func(t *testing.T) {
			t.Parallel()
			cfg := small()
			cfg.Faults = []Fault{d.Name}
			for _, s := range stories() {
				if err := cutAndLook(t, cfg, s, 0, 1<<20); err != nil {
					t.Errorf("%s, without a cut: %v", s.name, err)
				}
			}
			if found, points := sweep(t, cfg, 1); found == 0 {
				t.Errorf("none of %d cuts shows the fault", points)
			}
		})
	}
}

// Half a page of one record is all that shows this one.
func TestHiddenFaultShowsAtFewPoints(t *testing.T) {
	t.Parallel()
	cfg := small()
	cfg.Faults = []Fault{NVMWithoutChecksum}
	found, points := sweep(t, cfg, 1000)
	t.Logf("%d of %d cuts show the fault", found, points)
	if found == 0 || 20*found > points {
		t.Errorf("%d of %d cuts show the fault, want a few", found, points)
	}
}

// sweep cuts the power in all stories until enough cuts have shown that something is wrong.
func sweep(t *testing.T, cfg Config, enough int) (found, points int) {
	t.Helper()
	for _, s := range stories() {
		from, to := hidden(t, cfg, s)
		for n := to; n >= from; n-- { // what is worth it comes last in an update
			for _, part := range []float64{0, 0.5, 0.999} {
				points++
				err := cutAndLook(t, cfg, s, part, n)
				if err == nil {
					continue
				}
				t.Logf("%s, cut at %d+%v: %v", s.name, n, part, err)
				if found++; found == enough {
					return found, points
				}
			}
		}
	}
	return found, points
}
