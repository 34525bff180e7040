package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"otabench/bench/embedded"
	"otabench/can/trace"
	"otabench/can/trace/tracetest"
	"otabench/reports"
	sealed "otabench/reports/evidence"
	"otabench/reports/reportstest"
)

// BenchmarkTenThousandSpecs writes the reports of a run of 10 000 specs with a trace of 10 million frames, and verifies its
// folder, each by a process of its own. The targets are 10 s and 300 MB for the reports, and 20 s for verify. The trace is
// not that of the record, so that verify has much to tell.
func BenchmarkTenThousandSpecs(b *testing.B) {
	dir := b.TempDir()
	write(b, filepath.Join(dir, reports.RecordFile), func(w io.Writer) error { return reportstest.WriteLarge(w, 10_000) })
	write(b, filepath.Join(dir, traceFile), func(w io.Writer) error { return writeFrames(w, 10_000_000) })
	if err := os.WriteFile(filepath.Join(dir, benchFile), embedded.UnitYAML, 0o644); err != nil {
		b.Fatal(err)
	}
	b.Run("report", func(b *testing.B) { runLarge(b, exitFailed, "report", dir) })
	run, err := reports.Load(dir)
	if err != nil {
		b.Fatal(err)
	}
	if err := sealed.Seal(b.Context(), dir, run, sealed.Options{}); err != nil {
		b.Fatal(err)
	}
	b.Run("verify", func(b *testing.B) { runLarge(b, exitFailed, "verify", dir) })
}

// runLarge runs the command again and again, and reports the most memory that it took.
func runLarge(b *testing.B, want int, args ...string) {
	most := int64(0) // KiB
	for b.Loop() {
		c := exec.Command("otabench", args...)
		out, err := c.CombinedOutput()
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() != want || err == nil {
			b.Fatalf("%v: %v\n%s", args, err, out)
		}
		most = max(most, c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	}
	b.ReportMetric(float64(most)/1000, "MB")
}

func write(tb testing.TB, path string, content func(io.Writer) error) {
	tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err := errors.Join(content(w), w.Flush(), f.Close()); err != nil {
		tb.Fatal(err)
	}
}

func writeFrames(w io.Writer, n int) error {
	t := trace.NewWriter(w)
	for i := range n {
		r := tracetest.Load(i)
		if err := t.Write(r.Bus, r.Received); err != nil {
			return err
		}
	}
	return t.Close()
}
