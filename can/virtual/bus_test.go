package virtual_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
	"otabench/can/cantest"
	"otabench/can/virtual"
)

func TestContract(t *testing.T) {
	for name, opts := range map[string]virtual.Options{
		"unpaced": {},
		"paced":   {Bitrate: 500_000},
	} {
		open := func(t *testing.T) (a, b can.Bus) {
			wire := virtual.NewBus("wire", opts)
			t.Cleanup(func() { wire.Close() })
			return wire.Attach("a"), wire.Attach("b")
		}
		t.Run(name, func(t *testing.T) { cantest.TestBus(t, open) })
		t.Run(name+" in virtual time", func(t *testing.T) { cantest.TestBusInBubble(t, open) })
	}
}

func BenchmarkSend(b *testing.B) {
	wire := virtual.NewBus("wire", virtual.Options{})
	defer wire.Close()
	tx, rx := wire.Attach("a"), wire.Attach("b")
	received := 0
	rx.Tap(func(can.Received) { received++ })
	f := can.New(0x123, 1, 2, 3, 4, 5, 6, 7, 8)
	b.ReportAllocs()
	for b.Loop() {
		if err := tx.Send(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(received)/b.Elapsed().Seconds(), "frames/s")
}

// A controller that is bus-off comes back by itself, if the bus says so, and goes bus-off again while the short lasts.
func TestRestartByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := virtual.NewBus("b", virtual.Options{Restart: 100 * time.Millisecond})
		defer b.Close()
		n := b.Attach("tester")
		b.Attach("ecu")
		b.Short(true)
		for range 2 {
			if err := n.Send(t.Context(), can.New(0x123)); !errors.Is(err, can.ErrBusOff) {
				t.Fatalf("sent on a shorted bus: %v", err)
			}
			time.Sleep(99 * time.Millisecond)
			if n.State() != can.BusOff {
				t.Errorf("%v before its time", n.State())
			}
			time.Sleep(2 * time.Millisecond)
			if n.State() != can.ErrorActive {
				t.Errorf("%v, want a restart", n.State())
			}
		}
		b.Short(false)
		if err := n.Send(t.Context(), can.New(0x123)); err != nil {
			t.Error(err)
		}
	})
}
