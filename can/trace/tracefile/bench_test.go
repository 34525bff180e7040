package tracefile_test

import (
	"path/filepath"
	"testing"
	"time"

	"otabench/can/trace"
	"otabench/can/trace/tracefile"
	"otabench/can/trace/tracetest"
)

// load is how many frames the files of benchmarks have.
const load = 50_000

// rate reports frames per second.
func rate(b *testing.B, frames int, took time.Duration) {
	b.ReportMetric(float64(frames)/took.Seconds(), "frames/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkConvert converts one file from each format into each other, beside python-can doing the same. Neither counts
// the start of its process.
func BenchmarkConvert(b *testing.B) {
	dir := b.TempDir()
	names := []string{"trace.pcapng", "trace.log", "trace.asc", "trace.blf"}
	for _, name := range names {
		writeLoad(b, filepath.Join(dir, name), makeLoad())
	}
	for _, from := range names {
		for _, to := range names {
			if from == to {
				continue
			}
			b.Run(filepath.Ext(from)[1:]+"-"+filepath.Ext(to)[1:], func(b *testing.B) {
				source, target := filepath.Join(dir, from), filepath.Join(dir, "to"+filepath.Ext(to))
				b.Run("ours", func(b *testing.B) {
					for b.Loop() {
						if report := convert(b, source, target); report.Frames != load {
							b.Fatal(report)
						}
					}
					rate(b, b.N*load, b.Elapsed())
				})
				if hasPeer(from) && hasPeer(to) {
					b.Run("python-can", func(b *testing.B) { convertByPython(b, source, target) })
				}
			})
		}
	}
}

// hasPeer reports whether python-can knows the format.
func hasPeer(name string) bool { return filepath.Ext(name) != ".pcapng" }

func convertByPython(b *testing.B, from, to string) {
	var took time.Duration
	for b.Loop() {
		frames, seconds, ran := tracetest.PythonConvert(b, from, to)
		if !ran {
			b.Skip("python-can is not installed")
		}
		if frames != load {
			b.Fatalf("python-can found %d frames of %d", frames, load)
		}
		took += seconds
	}
	rate(b, b.N*load, took)
}

func makeLoad() []trace.Record {
	records := make([]trace.Record, load)
	for i := range records {
		records[i] = tracetest.Load(i)
	}
	return records
}

func writeLoad(b *testing.B, path string, records []trace.Record) {
	b.Helper()
	dst, err := tracefile.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	if err := tracetest.WriteAll(dst, records); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkWrite writes frames from memory into a file of each format, beside python-can.
func BenchmarkWrite(b *testing.B) {
	dir, records := b.TempDir(), makeLoad()
	for _, name := range []string{"trace.pcapng", "trace.log", "trace.asc", "trace.blf"} {
		path := filepath.Join(dir, name)
		b.Run(filepath.Ext(name)[1:], func(b *testing.B) {
			b.Run("ours", func(b *testing.B) {
				for b.Loop() {
					writeLoad(b, path, records)
				}
				rate(b, b.N*load, b.Elapsed())
			})
			if !hasPeer(name) {
				return
			}
			b.Run("python-can", func(b *testing.B) {
				var took time.Duration
				for b.Loop() {
					seconds, ran := tracetest.PythonLoad(b, path, load)
					if !ran {
						b.Skip("python-can is not installed")
					}
					took += seconds
				}
				rate(b, b.N*load, took)
			})
		})
	}
}
