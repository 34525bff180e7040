package reports_test

import (
	"bufio"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"otabench/reports"
	"otabench/reports/reportstest"
)

// largeFolder makes the run folder of a run of many specs.
func largeFolder(tb testing.TB, specs int) string {
	tb.Helper()
	dir := tb.TempDir()
	f, err := os.Create(filepath.Join(dir, reports.RecordFile))
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err := reportstest.WriteLarge(w, specs); err != nil {
		tb.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return dir
}

// What is let go of is counted, and no verdict, measurement or failure is among it.
func TestManySpecsKeepWhatAReaderLooksAt(t *testing.T) {
	const specs = 2 * reports.Many
	run, err := reports.Load(largeFolder(t, specs))
	if err != nil {
		t.Fatal(err)
	}
	if run.Totals.Specs != specs || run.Totals.Failed != specs/100 || run.Status != reports.Failed {
		t.Errorf("%v, %s", run.Totals, run.Status)
	}
	for i, s := range run.Specs {
		if len(s.Measurements) != 2 || len(s.Triggers) != 1 {
			t.Fatalf("spec %d: %d measurements, %d triggers", i, len(s.Measurements), len(s.Triggers))
		}
		if n := len(s.Exchanges) + s.Left.Exchanges; n != 40 {
			t.Errorf("spec %d: %d exchanges of 40", i, n)
		}
		if n := len(s.Samples) + s.Left.Samples; n != 60 {
			t.Errorf("spec %d: %d samples of 60", i, n)
		}
		if failed := s.Verdict == reports.Failed; failed != (s.Left == reports.Left{}) {
			t.Errorf("spec %d, %s: left %+v", i, s.Verdict, s.Left)
		}
	}
	if n := run.Statistics[0].N; n != specs {
		t.Errorf("statistics of %d values, want %d", n, specs)
	}
}

// BenchmarkLoad10000 loads a run of 10 000 specs. Its target, together with all reports, is 10 s and 300 MB.
func BenchmarkLoad10000(b *testing.B) {
	dir := largeFolder(b, 10_000)
	for b.Loop() {
		runtime.GC()
		stop, peak := make(chan struct{}), make(chan uint64)
		go func() {
			var m runtime.MemStats
			most := uint64(0)
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					runtime.ReadMemStats(&m)
					most = max(most, m.Sys-m.HeapReleased)
				case <-stop:
					peak <- most
					return
				}
			}
		}()
		run, err := reports.Load(dir)
		close(stop)
		b.ReportMetric(float64(<-peak)/1e6, "MB-peak")
		if err != nil || run.Totals.Specs != 10_000 {
			b.Fatal(err, run.Totals)
		}
	}
}
