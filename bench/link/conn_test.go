package link_test

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/nettest"

	"otabench/bench/link"
)

func TestConn(t *testing.T) {
	for name, profile := range map[string]link.Profile{
		"unshaped": {},
		"shaped":   {Down: 800 * link.Mbit, Up: 800 * link.Mbit, Latency: time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			nettest.TestConn(t, func() (vehicle, backend net.Conn, stop func(), err error) {
				listener := link.NewListener("backend")
				l := link.New(link.Options{Upstream: listener.Dial})
				stop = func() { _, _ = l.Close(), listener.Close() }
				if err := l.Shape(profile); err != nil {
					return nil, nil, stop, err
				}
				if vehicle, err = l.Dial(context.Background()); err != nil {
					return nil, nil, stop, err
				}
				backend, err = listener.Accept()
				return vehicle, backend, stop, err
			})
		})
	}
	t.Run("without a link", func(t *testing.T) {
		nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
			a, b := link.Pair("a", "b")
			return a, b, func() { _, _ = a.Close(), b.Close() }, nil
		})
	})
}

func TestAConnectionIsClosedByHalves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.shape(link.LTE)
		vehicle, backend := b.connect()
		send(vehicle, []byte("question"))
		receive(t, backend, []byte("question"))
		send(backend, []byte("answer"))
		receive(t, vehicle, []byte("answer"))
		if _, err := vehicle.Write([]byte("more")); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("wrote after CloseWrite: %v", err)
		}
	})
}

func TestTheEndTravelsAsLongAsBytesDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.shape(link.Profile{Latency: time.Second})
		vehicle, backend := b.connect()
		begin := time.Now()
		_ = vehicle.Close()
		receive(t, backend, nil)
		since(t, begin, time.Second, 0)
	})
}

func TestTheBackendHasTheLastWordsOfAVehicleThatCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.shape(link.Edge)
		vehicle, backend := b.connect()
		_, _ = vehicle.Write([]byte("last"))
		_ = vehicle.Close()
		receive(t, backend, []byte("last"))
		if _, err := vehicle.Read(nil); !errors.Is(err, net.ErrClosed) {
			t.Errorf("read a closed connection: %v", err)
		}
		_, _ = backend.Write([]byte("nobody reads this"))
		if _, err := io.ReadAll(backend); err != nil && !errors.Is(err, syscall.ECONNRESET) {
			t.Error(err)
		}
	})
}

func TestListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := link.NewListener("backend")
		if a := listener.Addr(); a.Network() != "memory" || a.String() != "backend" {
			t.Errorf("address %s %s", a.Network(), a)
		}
		waiting, err := listener.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		accepting := make(chan error)
		if _, err := listener.Accept(); err != nil {
			t.Fatal(err)
		}
		go func() {
			_, err := listener.Accept()
			accepting <- err
		}()
		synctest.Wait()
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-accepting; !errors.Is(err, net.ErrClosed) {
			t.Errorf("accepted: %v", err)
		}
		if _, err := listener.Dial(t.Context()); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("dialled a closed listener: %v", err)
		}
		if err := listener.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("closed twice: %v", err)
		}
		_ = waiting.Close()
	})
}

func TestAListenerHoldsALimitedNumberOfConnections(t *testing.T) {
	listener := link.NewListener("backend")
	var first net.Conn
	for i := range 129 {
		conn, err := listener.Dial(t.Context())
		if refused := errors.Is(err, syscall.ECONNREFUSED); refused != (i == 128) {
			t.Fatalf("connection %d: %v", i, err)
		}
		if i == 0 {
			first = conn
		}
	}
	_ = listener.Close()
	if _, err := first.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a connection that waited reads %v", err)
	}
}

func TestAVehicleHasALimitedNumberOfConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		for range 256 {
			b.connect()
		}
		if _, err := b.Dial(t.Context()); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("dialled a 257th time: %v", err)
		}
		if err := b.Roam(link.Profile{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		b.connect()
	})
}
