package link_test

import (
	"context"
	"io"
	"net"
	"testing"

	"otabench/bench/link"
)

// BenchmarkThroughput is that of an unshaped link beside a proxy that only copies, over the same in-memory connections.
func BenchmarkThroughput(b *testing.B) {
	b.Run("link", func(b *testing.B) {
		backend := link.NewListener("backend")
		l := link.New(link.Options{Upstream: backend.Dial})
		defer l.Close()
		throughput(b, backend, l.Dial)
	})
	b.Run("copy", func(b *testing.B) {
		backend, front := link.NewListener("backend"), link.NewListener("front")
		defer front.Close()
		go func() {
			for {
				vehicle, err := front.Accept()
				if err != nil {
					return
				}
				up, err := backend.Dial(context.Background())
				if err != nil {
					return
				}
				go func() {
					_, _ = io.Copy(vehicle, up)
					_ = vehicle.Close()
				}()
			}
		}()
		throughput(b, backend, front.Dial)
	})
}

func throughput(b *testing.B, backend *link.Listener, dial func(context.Context) (net.Conn, error)) {
	defer backend.Close()
	vehicle, err := dial(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	server, err := backend.Accept()
	if err != nil {
		b.Fatal(err)
	}
	data := noise(1 << 20)
	b.SetBytes(int64(len(data)))
	go func() {
		defer server.Close()
		for range b.N {
			if _, err := server.Write(data); err != nil {
				return
			}
		}
	}()
	if n, err := io.Copy(io.Discard, vehicle); err != nil || n != int64(b.N*len(data)) {
		b.Fatalf("%d bytes, %v", n, err)
	}
	_ = vehicle.Close()
}
