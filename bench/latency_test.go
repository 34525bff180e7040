package bench_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/can"
)

// BenchmarkFrameToSwitch measures from the end of a frame to the switch having been commanded, with everything that a run
// has beside it: the ECU's receive path, the record, the readings at 1 kHz; on an idle machine, and with every other
// processor busy. Median, 99th percentile and worst are reported in microseconds; the target is a 99th percentile under
// 1000.
func BenchmarkFrameToSwitch(b *testing.B) {
	for _, busy := range []int{0, runtime.NumCPU() - 1} {
		b.Run(fmt.Sprintf("busy=%d", busy), func(b *testing.B) {
			rig := realTimeBench(b)
			defer load(busy)()
			latencies := make([]time.Duration, 0, b.N)
			for b.Loop() {
				armed := rig.Arm(trigger.FrameOn("body", can.Exactly(0x123, false)), rig.Rail("kl30").Cut(0))
				if err := rig.Bus("body").Send(b.Context(), can.New(0x123, 1)); err != nil {
					b.Fatal(err)
				}
				<-armed.Done()
				f, _ := armed.Firing()
				if f.Err != nil {
					b.Fatal(f.Err)
				}
				latencies = append(latencies, f.Latency)
			}
			slices.Sort(latencies)
			for name, l := range map[string]time.Duration{
				"us-median": latencies[len(latencies)/2],
				"us-p99":    latencies[len(latencies)*99/100],
				"us-worst":  latencies[len(latencies)-1],
			} {
				b.ReportMetric(float64(l)/float64(time.Microsecond), name)
			}
		})
	}
}

// realTimeBench is the embedded bench on the wall clock, with its record in a file.
func realTimeBench(b *testing.B) *bench.Bench {
	b.Helper()
	f, err := config.Parse(embedded.Name, embedded.UnitYAML)
	if err != nil {
		b.Fatal(err)
	}
	w, err := record.Create(filepath.Join(b.TempDir(), "record.jsonl"), record.Header{})
	if err != nil {
		b.Fatal(err)
	}
	rig, err := bench.Open(b.Context(), f, bench.Options{Record: w, Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := rig.Close(b.Context(), "the benchmark is over"); err != nil {
			b.Error(err)
		}
		_ = w.Close()
	})
	return rig
}

// load keeps processors busy until it is stopped.
func load(processors int) (stop func()) {
	var over atomic.Bool
	var wg sync.WaitGroup
	for range processors {
		wg.Go(func() {
			for !over.Load() {
			}
		})
	}
	return func() { over.Store(true); wg.Wait() }
}
