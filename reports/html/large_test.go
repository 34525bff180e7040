package html

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otabench/can"
	"otabench/can/trace"
	"otabench/reports"
	"otabench/reports/reportstest"
)

const many = 10_000

// largeFolder makes the folder of a run of many specs with a trace of many frames beside it.
func largeFolder(tb testing.TB, specs, frames int) string {
	tb.Helper()
	dir := tb.TempDir()
	create(tb, filepath.Join(dir, reports.RecordFile), func(w io.Writer) error { return reportstest.WriteLarge(w, specs) })
	length := time.Duration(specs) * 125 * time.Millisecond
	create(tb, filepath.Join(dir, "trace.pcapng"), func(w io.Writer) error { return writeTrace(w, frames, length) })
	return dir
}

func create(tb testing.TB, path string, write func(io.Writer) error) {
	tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	if err := write(w); err != nil {
		tb.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
}

// writeTrace spreads the frames of blocks that are transferred over a time from the run's start.
func writeTrace(w io.Writer, n int, length time.Duration) error {
	out := trace.NewWriter(w, "body")
	for i := range n {
		f := can.New(0x7E0, 0x20|byte(i%16), byte(i), byte(i>>8), byte(i>>16), 1, 2, 3, 4)
		switch i % 10 {
		case 0:
			f = can.New(0x7E0, 0x10, 0x0A, 0x36, byte(i/10), 1, 2, 3, 4)
		case 1:
			f = can.New(0x7E8, 0x30, 0, 0)
		case 9:
			f = can.New(0x7E8, 2, 0x76, byte(i/10))
		}
		at := reportstest.Header.Started.Add(time.Duration(float64(length) * float64(i) / float64(n)))
		if err := out.Write("body", can.Received{Frame: f, Time: at, Own: f.ID == 0x7E0}); err != nil {
			return err
		}
	}
	return out.Close()
}

func load(tb testing.TB, dir string) *reports.Run {
	tb.Helper()
	run, err := reports.Load(dir)
	if err != nil {
		tb.Fatal(err)
	}
	return run
}

// A report of many specs stays small, and has the verdict, the measurements and the timeline of each.
func TestAReportOfTenThousandSpecsStaysSmall(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, load(t, largeFolder(t, many, 100_000)), time.Time{}); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 25<<20 {
		t.Errorf("%d bytes", b.Len())
	}
	page := b.String()
	if n := strings.Count(page, `<details class="spec"`); n != many {
		t.Errorf("%d specs", n)
	}
	if n := strings.Count(page, "latency from the frame to the open switch 0.4"); n < many*9/10 {
		t.Errorf("%d specs have their measurement without a script", n)
	}
	if n := strings.Count(page, "the unit answers with neither software</pre>"); n != many/100 {
		t.Errorf("%d failed specs say why", n)
	}
	if n := strings.Count(page, ` data-bundle="specs" data-first=`); n != (many+bundleSize-1)/bundleSize {
		t.Errorf("%d bundles", n)
	}
}

// BenchmarkWrite10000 writes the report of ten thousand specs with a trace of ten million frames beside it. Loading and all
// reports together have 10 s, and this has 3 s of them.
func BenchmarkWrite10000(b *testing.B) {
	run := load(b, largeFolder(b, many, 10_000_000))
	b.ReportAllocs()
	for b.Loop() {
		if err := Write(io.Discard, run, time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestThinKeepsADip(t *testing.T) {
	p := make([][2]float64, 100_000)
	for i := range p {
		p[i] = [2]float64{float64(i), 13}
	}
	p[54_321][1] = 2
	got := thin(p, maxPoints)
	if len(got) > maxPoints {
		t.Errorf("%d points", len(got))
	}
	for _, q := range got {
		if q == p[54_321] {
			return
		}
	}
	t.Error("the dip is gone")
}
