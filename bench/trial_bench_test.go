package bench_test

import (
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/record"
	"otabench/can"
)

// BenchmarkTrial measures what a trial of a sweep costs in virtual time, as processor time: a loaded machine disturbs that
// less than the clock. Open opens a fresh bench, boots its ECU and closes it; update installs 40 KiB at 500 kbit/s on top.
//
//	go test ./bench -run '^$' -bench Trial -cpu 2
func BenchmarkTrial(b *testing.B) {
	// The runtime's signal goroutine has to stand outside of the bubbles.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGUSR1)
	file, err := config.Parse(embedded.Name, embedded.UnitYAML)
	if err != nil {
		b.Fatal(err)
	}
	body := file.Buses["body"]
	body.Bitrate = 500_000
	file.Buses["body"] = body
	b.Run("open", func(b *testing.B) {
		began := processorTime(b)
		for b.Loop() {
			inBubble(b, func(t *testing.T) { trial(t, file, func(*bench.Bench) {}) })
		}
		b.ReportMetric(float64((processorTime(b)-began).Microseconds())/1000/float64(b.N), "cpu-ms/op")
	})
	b.Run("update", func(b *testing.B) {
		var frames atomic.Int64
		var spent time.Duration
		for b.Loop() {
			inBubble(b, func(t *testing.T) {
				trial(t, file, func(bench *bench.Bench) {
					bench.Bus("body").Tap(func(can.Received) { frames.Add(1) })
					began := processorTime(b)
					must(t, bench.ECU("bcm").Update(t.Context(), bench.ECU("bcm").Package("next")))
					spent += processorTime(b) - began
				})
			})
		}
		b.ReportMetric(float64(spent.Nanoseconds())/float64(frames.Load()), "cpu-ns/frame")
		b.ReportMetric(float64(frames.Load())/float64(b.N), "frames/op")
	})
}

// trial runs f on a bench whose ECU runs.
func trial(t *testing.T, file *config.File, f func(*bench.Bench)) {
	w, err := record.NewWriter(io.Discard, record.Header{})
	must(t, err)
	b, err := bench.Open(t.Context(), file, bench.Options{Record: w})
	must(t, err)
	running(t, b)
	f(b)
	must(t, b.Close(t.Context(), "the trial is over"))
}

// inBubble runs f in virtual time. Only a test gets into a bubble, so a benchmark has to run one.
func inBubble(b *testing.B, f func(t *testing.T)) {
	b.Helper()
	all := func(string, string) (bool, error) { return true, nil }
	inside := testing.InternalTest{Name: b.Name(), F: func(t *testing.T) { synctest.Test(t, f) }}
	if !testing.RunTests(all, []testing.InternalTest{inside}) {
		b.FailNow()
	}
}

// processorTime is what this process has used. Unlike the clock, it goes on in virtual time.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
