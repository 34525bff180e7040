//go:build unix

package trace_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"otabench/can"
	"otabench/can/trace"
)

// Eight FD buses whose wires are full: frames of 64 bytes at 500 kbit/s and 8 Mbit/s.
const (
	fullBuses = 8
	perSecond = 20_000 // frames of each bus
)

// BenchmarkEightFullBuses records a second of eight full FD buses to a file in each iteration, in real time. Of the frames
// per second it reports which part of a core all of it took, the making of the frames included, what was lost, and how much
// the heap grew from the first second to the last.
func BenchmarkEightFullBuses(b *testing.B) {
	file, err := os.Create(filepath.Join(b.TempDir(), "trace.pcapng"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	r := trace.NewRecorder(file)
	var buses [fullBuses]can.Fanout
	for i := range buses {
		name := fmt.Sprintf("bus%d", i)
		buses[i].Tap(func(f can.Received) { r.Record(name, f) })
	}
	second(&buses) // which sets the recorder's memory aside
	heap, began, cpu := heapSize(), time.Now(), cpuTime(b)
	for b.Loop() {
		second(&buses)
	}
	took := time.Since(began)
	b.ReportMetric((cpuTime(b)-cpu).Seconds()/took.Seconds(), "cores")
	b.ReportMetric(float64(fullBuses*perSecond*b.N)/took.Seconds(), "frames/s")
	b.ReportMetric(float64(r.Lost()), "lost")
	b.ReportMetric((heapSize()-heap)/1024, "KiB-more")
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
}

// second delivers a second's frames, in a burst of 20 for each bus every millisecond.
func second(buses *[fullBuses]can.Fanout) {
	var all sync.WaitGroup
	for i := range buses {
		all.Go(func() {
			f := can.Received{Frame: can.Frame{ID: uint32(i), Flags: can.FD | can.BRS, Len: can.MaxDataFD}}
			tick := time.NewTicker(time.Millisecond)
			defer tick.Stop()
			begin := time.Now()
			for sent := 0; sent < perSecond; <-tick.C {
				for due := min(perSecond, int(time.Since(begin)*perSecond/time.Second)); sent < due; sent++ {
					f.Time = time.Now()
					buses[i].Deliver(f)
				}
			}
		})
	}
	all.Wait()
}

func heapSize() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
