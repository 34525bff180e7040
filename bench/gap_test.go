package bench_test

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/record"
	"otabench/can"
	"otabench/can/isotp"
	"otabench/can/trace"
	"otabench/ecu/uds"
)

// BenchmarkGapBetweenBlocks measures our own time in a download: from the last frame of the response to a TransferData
// request to the first frame of the next request, with everything a run has beside it: triggers, record and trace. The
// bus takes no time. The median and the 99th percentile are reported in microseconds.
func BenchmarkGapBetweenBlocks(b *testing.B) {
	f, err := config.Parse(embedded.Name, embedded.UnitYAML)
	if err != nil {
		b.Fatal(err)
	}
	w, err := record.Create(filepath.Join(b.TempDir(), "record.jsonl"), record.Header{})
	if err != nil {
		b.Fatal(err)
	}
	frames, err := os.Create(filepath.Join(b.TempDir(), "trace.pcapng"))
	if err != nil {
		b.Fatal(err)
	}
	tracer := trace.NewRecorder(frames, "body")
	defer closeAll(b, w, tracer, frames)
	rig, err := bench.Open(b.Context(), f, bench.Options{Record: w, Trace: tracer, Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := rig.Close(b.Context(), "the benchmark is over"); err != nil {
			b.Error(err)
		}
	}()
	bcm := rig.ECU("bcm")
	if err := bcm.Rail().On(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := bcm.AwaitBoot(b.Context()); err != nil {
		b.Fatal(err)
	}
	var g gaps
	defer rig.Bus("body").Tap(g.observe)()
	for b.Loop() {
		if err := bcm.Update(b.Context(), bcm.Package("large")); err != nil {
			b.Fatal(err)
		}
	}
	all := g.sorted()
	b.ReportMetric(float64(all[len(all)/2].Nanoseconds())/1000, "us/median-gap")
	b.ReportMetric(float64(all[len(all)*99/100].Nanoseconds())/1000, "us/p99-gap")
	b.ReportMetric(0, "ns/op")
}

func closeAll(b *testing.B, all ...io.Closer) {
	for _, c := range all {
		if err := c.Close(); err != nil {
			b.Error(err)
		}
	}
}

// gaps collects the times between blocks, on the receive path.
type gaps struct {
	mu       sync.Mutex
	listener *isotp.Listener
	answered time.Time // last frame of a positive response to TransferData; zero if none is waiting for a request
	all      []time.Duration
}

func (g *gaps) observe(r can.Received) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.listener == nil {
		g.listener = isotp.NewListener(isotp.Address{Tx: 0x7E0, Rx: 0x7E8}, 0)
	}
	pdu, ok := g.listener.Observe(r)
	switch {
	case !ok || len(pdu.Data) == 0:
	case !pdu.Tx && pdu.Complete && pdu.Data[0] == uds.SIDTransferData|0x40:
		g.answered = r.Time
	case pdu.Tx && pdu.Data[0] != uds.SIDTransferData:
		g.answered = time.Time{} // the next block belongs to another download
	case pdu.Tx && pdu.Kind == isotp.FirstFrame && !g.answered.IsZero():
		g.all = append(g.all, r.Time.Sub(g.answered))
		g.answered = time.Time{}
	}
}

func (g *gaps) sorted() []time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	slices.Sort(g.all)
	return g.all
}
