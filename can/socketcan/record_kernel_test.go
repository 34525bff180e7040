//go:build kernelcan

package socketcan_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"otabench/can"
	"otabench/can/socketcan"
	"otabench/can/trace"
)

// recordTo names the file to which the test binary records vcan0 instead of testing, until it is interrupted.
const recordTo = "OTABENCH_RECORD_TO"

func TestMain(m *testing.M) {
	if path := os.Getenv(recordTo); path != "" {
		if err := record(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func record(path string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	bus, err := socketcan.Open(ctx, "vcan0", socketcan.Options{})
	if err != nil {
		return err
	}
	defer bus.Close()
	r := trace.NewRecorder(file, "vcan0")
	bus.Tap(func(f can.Received) { r.Record("vcan0", f) })
	<-ctx.Done()
	return r.Close()
}

// flood is how many frames cangen sends, as fast as it can.
const flood = 30_000

// BenchmarkRecord has each tool record what cangen sends on vcan: this package with a trace.Recorder, can-utils' candump,
// and python-can's logger. It reports the processor time that each takes for a frame, and which part of the frames it got.
func BenchmarkRecord(b *testing.B) {
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("otabench", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), "trace.pcapng")
		c := exec.Command(self)
		c.Env = append(os.Environ(), recordTo+"="+path)
		benchmarkRecorder(b, c, path, countPackets)
	})
	b.Run("candump", func(b *testing.B) {
		c := exec.Command("candump", "-l", "vcan0")
		c.Dir = b.TempDir()
		benchmarkRecorder(b, c, filepath.Join(c.Dir, "candump-*.log"), countLines)
	})
	b.Run("python-can", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), "trace.log")
		c := exec.Command("/usr/bin/python3", "-m", "can.logger", "-i", "socketcan", "-c", "vcan0", "-f", path)
		benchmarkRecorder(b, c, path, countLines)
	})
}

func benchmarkRecorder(b *testing.B, recorder *exec.Cmd, pattern string, count func([]byte) int) {
	var errs bytes.Buffer
	recorder.Stderr = &errs
	if err := recorder.Start(); err != nil {
		b.Fatal(err)
	}
	defer recorder.Process.Kill()
	time.Sleep(8 * time.Second) // Python in the guest needs most of it; nobody says when he listens
	for b.Loop() {
		send := exec.Command("cangen", "vcan0", "-g", "0", "-i", "-n", fmt.Sprint(flood), "-I", "i", "-L", "8", "-D", "i")
		if out, err := send.CombinedOutput(); err != nil {
			b.Fatalf("cangen: %v\n%s", err, out)
		}
	}
	b.StopTimer()
	time.Sleep(5 * time.Second) // for those who lag behind
	_ = recorder.Process.Signal(syscall.SIGINT)
	_ = recorder.Wait() // some call an interrupt a failure
	paths, _ := filepath.Glob(pattern)
	if len(paths) != 1 {
		b.Fatalf("it recorded %d files\n%s", len(paths), &errs)
	}
	data, err := os.ReadFile(paths[0])
	if err != nil {
		b.Fatal(err)
	}
	got, sent := count(data), flood*b.N
	used := recorder.ProcessState.UserTime() + recorder.ProcessState.SystemTime()
	b.ReportMetric(float64(used.Microseconds())/float64(max(got, 1)), "cpu-us/frame")
	b.ReportMetric(100*float64(got)/float64(sent), "%recorded")
	b.ReportMetric(float64(sent)/b.Elapsed().Seconds(), "frames/s")
}

func countLines(data []byte) int { return bytes.Count(data, []byte("\n")) }

func countPackets(data []byte) int {
	n := 0
	for r := trace.NewReader(bytes.NewReader(data)); ; n++ {
		if _, err := r.Next(); err != nil {
			return n
		}
	}
}
