package blf_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"otabench/can/trace"
	"otabench/can/trace/blf"
	"otabench/can/trace/tracetest"
)

// frames is how many frames the files of benchmarks have.
const frames = 50_000

func rate(b *testing.B, took time.Duration) {
	b.ReportMetric(float64(b.N*frames)/took.Seconds(), "frames/s")
	b.ReportMetric(0, "ns/op")
}

// readAll makes python-can read a file, and tell how many frames there were and how long it took.
const readAll = `
import can, sys, time
began = time.perf_counter()
frames = sum(1 for _ in can.BLFReader(sys.argv[1]))
print(frames, time.perf_counter() - began)
`

// BenchmarkRead reads one file, beside python-can.
func BenchmarkRead(b *testing.B) {
	path := fileOf(b, load(frames))
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			file, err := os.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			src, n := blf.NewReader(file), 0
			for ; err == nil; n++ {
				_, err = src.Next()
			}
			if err != io.EOF || n-1 != frames {
				b.Fatalf("read %d frames, ended with %v", n-1, err)
			}
			file.Close()
		}
		rate(b, b.Elapsed())
	})
	b.Run("python-can", func(b *testing.B) {
		var took time.Duration
		for b.Loop() {
			out, ran := tracetest.Run(b, "", "/usr/bin/python3", "-c", readAll, path)
			if !ran {
				b.Skip("python-can is not installed")
			}
			var n int
			var seconds float64
			if _, err := fmt.Sscan(out, &n, &seconds); err != nil || n != frames {
				b.Fatalf("python-can printed %q, error %v", out, err)
			}
			took += time.Duration(seconds * float64(time.Second))
		}
		rate(b, took)
	})
}

// BenchmarkWrite writes frames from memory into a file, beside python-can. The sizes of the files tell how well each
// compresses.
func BenchmarkWrite(b *testing.B) {
	records := load(frames)
	path := filepath.Join(b.TempDir(), "trace.blf")
	size := func(b *testing.B) {
		info, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/frames, "B/frame")
	}
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			file, err := os.Create(path)
			if err != nil {
				b.Fatal(err)
			}
			if err := tracetest.WriteAll(blf.NewWriter(file), records); err != nil {
				b.Fatal(err)
			}
			file.Close()
		}
		rate(b, b.Elapsed())
		size(b)
	})
	b.Run("python-can", func(b *testing.B) {
		var took time.Duration
		for b.Loop() {
			seconds, ran := tracetest.PythonLoad(b, path, frames)
			if !ran {
				b.Skip("python-can is not installed")
			}
			took += seconds
		}
		rate(b, took)
		size(b)
	})
}

func TestMemoryIsFlat(t *testing.T) {
	const frames, bound = 200_000, 2 << 20
	path := filepath.Join(t.TempDir(), "trace.blf")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := blf.NewWriter(file)
	inUse := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	flat := func(what string, step func(i int) error) {
		var begin uint64
		for i := range frames {
			if err := step(i); err != nil {
				t.Fatalf("%s frame %d: %v", what, i, err)
			}
			if i == frames/10 {
				begin = inUse()
			}
		}
		if end := inUse(); end > begin+bound {
			t.Errorf("%s: %d bytes in use after %d frames, %d after %d", what, begin, frames/10, end, frames)
		}
	}
	flat("write", func(i int) error {
		rec := tracetest.Load(i)
		return w.Write(rec.Bus, rec.Received)
	})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	r := blf.NewReader(bufio.NewReader(file))
	flat("read", func(int) error {
		_, err := r.Next()
		return err
	})
	if _, err := r.Next(); err != io.EOF {
		t.Errorf("ended with %v", err)
	}
}

var (
	_ trace.Source = (*blf.Reader)(nil)
	_ trace.Sink   = (*blf.Writer)(nil)
)
