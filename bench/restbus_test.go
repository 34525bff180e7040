package bench_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/can"
	"otabench/can/signal"
)

// withRestBus has the bench play the ECU that sends the speed.
func withRestBus(t *testing.T) func(*config.File, *bench.Options) {
	return func(f *config.File, opts *bench.Options) {
		dbc, err := os.ReadFile("examples/body.dbc")
		must(t, err)
		must(t, os.WriteFile(filepath.Join(opts.Dir, "body.dbc"), dbc, 0o644))
		body := f.Buses["body"]
		body.DBC = "body.dbc"
		body.RestBus = &config.RestBus{Present: []string{"BCM", "GW"}, Messages: map[string]config.RestMessage{
			"Speed": {Values: map[string]string{"Velocity": "50"}, Counter: "Alive"},
		}}
		f.Buses["body"] = body
	}
}

func TestRestBus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, j, err := open(t, withRestBus(t))
		must(t, err)
		_, _ = running(t, b)
		frames := b.Bus("body").Subscribe(0, can.Exactly(0x100, false))
		first := <-frames.C()
		must(t, b.RestBus("body").Set("Speed", "Velocity", signal.Physical(100)))
		<-frames.C() // may have been on its way
		next := <-frames.C()
		if got := next.Time.Sub(first.Time); got < 39*time.Millisecond || got > 41*time.Millisecond {
			t.Errorf("two cycles took %v", got)
		}
		if first.Data[3] != 5000>>8 || next.Data[3] != 10_000>>8 || next.Data[1] != (first.Data[1]+2)&0xF {
			t.Errorf("first %v, then %v", first.Frame, next.Frame)
		}
		must(t, b.Close(t.Context(), "done"))
		for _, n := range said[record.Note](j) {
			if strings.HasPrefix(n.Text, "rest bus body: Speed sent ") {
				return
			}
		}
		t.Errorf("the record does not say what was sent: %v", said[record.Note](j))
	})
}

func TestBenchWithoutRestBus(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		if b.RestBus("body") != nil {
			t.Errorf("there is a rest bus")
		}
	})
}
