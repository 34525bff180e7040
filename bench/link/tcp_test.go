package link_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"otabench/bench/link"
)

// tcp is a link to a backend on localhost that sends data to everyone who asks, and the address for vehicles.
func tcp(t *testing.T, data []byte) (*link.Link, string) {
	t.Helper()
	backend, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := backend.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			go func() {
				if _, err := conn.Read(make([]byte, 1)); err == nil {
					send(conn, data)
				}
			}()
		}
	}()
	l := link.New(link.Options{Upstream: func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", backend.Addr().String())
	}})
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- l.Serve(context.Background(), front) }()
	t.Cleanup(func() {
		_ = l.Close()
		if err := <-served; !errors.Is(err, net.ErrClosed) {
			t.Errorf("served until %v", err)
		}
		_ = backend.Close()
	})
	return l, front.Addr().String()
}

// download asks, so that it has its connection before that can be cut, and reads to the end.
func download(t *testing.T, address string) ([]byte, error) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err // a reset may come before the dialler has seen its connection
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("?")); err != nil {
		return nil, err
	}
	return io.ReadAll(conn)
}

func TestOverTCP(t *testing.T) {
	data := noise(1 << 20)
	l, address := tcp(t, data)
	if got, err := download(t, address); err != nil || !bytes.Equal(got, data) {
		t.Fatalf("got %d bytes, %v", len(got), err)
	}
	if err := l.Shape(link.Profile{Down: 16 * link.Mbit, Latency: 20 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if got, err := download(t, address); err != nil || !bytes.Equal(got, data) {
		t.Fatalf("got %d bytes, %v", len(got), err)
	}
	if took := time.Since(begin); took < 500*time.Millisecond || took > 10*time.Second {
		t.Errorf("took %v, want about 0.6 s", took)
	}
}

func TestCutOverTCP(t *testing.T) {
	data := noise(1 << 20)
	l, address := tcp(t, data)
	for _, n := range []int{0, 1, 1400, 77_777, 1<<20 - 1} {
		cut := l.CutAt(int64(n))
		got, err := download(t, address)
		if !errors.Is(err, syscall.ECONNRESET) || !bytes.Equal(got, data[:n]) {
			t.Errorf("got %d bytes of %d until %v", len(got), n, err)
		}
		<-cut
	}
}

// TestCutOverTCPWaitsForASlowVehicle has bytes in the link's kernel when the cut is due, which a reset alone would drop.
func TestCutOverTCPWaitsForASlowVehicle(t *testing.T) {
	const n = 900_000
	data := noise(1 << 20)
	l, address := tcp(t, data)
	cut := l.CutAt(n)
	dialer := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
		return raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096) })
	}}
	conn, err := dialer.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = conn.Write([]byte("?"))
	got, err := io.ReadAll(iotest.OneByteReader(conn))
	if !errors.Is(err, syscall.ECONNRESET) || !bytes.Equal(got, data[:n]) {
		t.Errorf("got %d bytes of %d until %v", len(got), n, err)
	}
	<-cut
}

func TestOffOverTCP(t *testing.T) {
	l, address := tcp(t, []byte("data"))
	if err := l.Shape(link.NoNetwork); err != nil {
		t.Fatal(err)
	}
	if got, err := download(t, address); len(got) != 0 || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %q until %v", got, err)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	l := link.New(link.Options{})
	defer l.Close()
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error)
	go func() { served <- l.Serve(ctx, front) }()
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
