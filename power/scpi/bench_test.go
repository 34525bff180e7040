package scpi_test

import (
	"context"
	"io"
	"net"
	"testing"

	"otabench/power/scpi"
	"otabench/power/sim"
)

// BenchmarkRoundTrip is what one query costs besides the instrument and the network.
func BenchmarkRoundTrip(b *testing.B) {
	b.Run("pipe", func(b *testing.B) {
		near, far := net.Pipe()
		roundTrip(b, near, far)
	})
	b.Run("TCP", func(b *testing.B) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		defer l.Close()
		near, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		far, err := l.Accept()
		if err != nil {
			b.Fatal(err)
		}
		roundTrip(b, near, far)
	})
}

func roundTrip(b *testing.B, near, far io.ReadWriteCloser) {
	s, err := sim.NewSupply("rigol-dp832", sim.SupplyOptions{})
	if err != nil {
		b.Fatal(err)
	}
	go s.Serve(context.Background(), far)
	d, err := scpi.Open(context.Background(), "rigol-dp832", near, "bench", scpi.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	ch, err := d.Channel(1)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := ch.Measure(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
