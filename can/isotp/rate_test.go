package isotp_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/can/virtual"
)

// wires are the rates at which throughput is claimed.
var wires = map[string]struct {
	virtual.Options
	fd bool
}{
	"classic at 500 kbit/s":         {virtual.Options{Bitrate: 500_000}, false},
	"FD at 500 kbit/s and 2 Mbit/s": {virtual.Options{Bitrate: 500_000, DataBitrate: 2_000_000}, true},
}

// share sends a message of 64 KiB and returns which part of the time the wire carried frames, as they have to be: the rest
// is ours.
func share(ctx context.Context, tb testing.TB, opts virtual.Options, fd bool) float64 {
	tb.Helper()
	cfg := isotp.Config{FD: fd, BRS: fd, MaxMessage: 1 << 20}
	p := connect(tb, opts, cfg, cfg)
	var carried time.Duration
	var begin, end time.Time
	p.onB.Tap(func(r can.Received) {
		took := duration(opts, r.Frame)
		if carried == 0 {
			begin = r.Time.Add(-took)
		}
		carried += took
		end = r.Time
	})
	sent := make(chan error, 1)
	go func() { sent <- p.a.Send(ctx, message(1<<16)) }()
	if _, err := p.b.Receive(ctx, 0); err != nil {
		tb.Fatal(err)
	}
	if err := <-sent; err != nil {
		tb.Fatal(err)
	}
	return float64(carried) / float64(end.Sub(begin))
}

// duration is how long a frame keeps the wire busy, with the intermission before the next one.
func duration(opts virtual.Options, f can.Frame) time.Duration {
	nominal, data := can.Bits(f)
	if opts.DataBitrate == 0 {
		opts.DataBitrate = opts.Bitrate
	}
	return time.Duration(nominal)*time.Second/time.Duration(opts.Bitrate) +
		time.Duration(data)*time.Second/time.Duration(opts.DataBitrate)
}

// In virtual time nothing but the protocol counts: how often it waits for itself.
func TestTheProtocolFillsTheWire(t *testing.T) {
	for name, wire := range wires {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got := share(t.Context(), t, wire.Options, wire.fd); got < 0.99 || got > 1.0001 {
					t.Errorf("%.2f %% of the theoretical rate, want at least 99 %%", 100*got)
				}
			})
		})
	}
}

// In real time the machine counts as well.
func BenchmarkShareOfTheTheoreticalRate(b *testing.B) {
	for name, wire := range wires {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(1 << 16)
			sum := 0.0
			for b.Loop() {
				sum += share(b.Context(), b, wire.Options, wire.fd)
			}
			b.ReportMetric(100*sum/float64(b.N), "%")
		})
	}
}

func ExampleNormalFixed() {
	fmt.Println(isotp.NormalFixed(0xF1, 0x10))
	// Output: 18DA10F1/18DAF110
}
