package frames_test

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"testing"

	"otabench/can/trace"
	"otabench/can/trace/tracetest"
	"otabench/reports/frames"
)

// BenchmarkScan10M indexes a trace of ten million frames, with the frames of ten thousand specs. Its target is 2 s.
func BenchmarkScan10M(b *testing.B) {
	const n = 10_000_000
	f, err := os.Create(filepath.Join(b.TempDir(), "trace.pcapng"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	out := bufio.NewWriterSize(f, 1<<20)
	w := trace.NewWriter(out)
	for i := range n {
		r := tracetest.Load(i)
		if err := w.Write(r.Bus, r.Received); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		b.Fatal(err)
	}
	spans := make([]frames.Span, 10_000)
	for i := range spans {
		at := tracetest.Load(i * 1000).Time.UnixNano()
		spans[i] = frames.Span{From: at, At: at + 5e7, To: at + 999e5, Frames: 24}
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			b.Fatal(err)
		}
		x, extracts, err := frames.Scan(f, size, spans)
		if err != nil || x.Frames != n || x.Damage != "" || len(extracts[9_999].Frames) != 24 {
			b.Fatal(err, x.Frames, x.Damage)
		}
	}
}
