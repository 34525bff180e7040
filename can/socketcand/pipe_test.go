package socketcand

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"otabench/can"
	"otabench/can/virtual"
)

// pipes is a listener whose connections are pipes, for virtual time.
type pipes struct {
	calls  chan net.Conn
	closed chan struct{}
	close  sync.Once
}

func newPipes() *pipes { return &pipes{calls: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.calls:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.close.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes"} }

// call connects to the listener.
func (p *pipes) call() net.Conn {
	here, there := net.Pipe()
	p.calls <- there
	return here
}

// served is a server with one virtual bus, can0, in virtual time.
type served struct {
	*testing.T
	*pipes
	wire   *virtual.Bus
	events chan Event
}

// serve starts a server, which ends with the test, and has to end without an error.
func serve(t *testing.T, wire virtual.Options, o ServeOptions) served {
	t.Helper()
	s := served{t, newPipes(), virtual.NewBus("wire", wire), make(chan Event, 100)}
	o.Events = func(e Event) { s.events <- e }
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- Serve(ctx, s.pipes, s.attach, o) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
		_ = s.wire.Close()
	})
	return s
}

func (s served) attach(name string) (can.Bus, error) {
	if name != "can0" {
		return nil, errUnknownBus
	}
	return s.wire.Attach("client"), nil
}

// join adds a client of this package.
func (s served) join() *Bus { return s.joinOn(s.call()) }

func (s served) joinOn(conn net.Conn) *Bus {
	s.Helper()
	b, err := join(s.Context(), conn, "socketcand://pipe/can0", "can0", defaultTimeout)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = b.Close() })
	return b
}

// callFrom connects to the listener from so far that what it says takes the time.
func (s served) callFrom(distance time.Duration) net.Conn {
	here, outer := net.Pipe()
	inner := s.call()
	type flight struct {
		data []byte
		due  time.Time
	}
	flying := make(chan flight, 10_000)
	var relaying sync.WaitGroup
	s.Cleanup(relaying.Wait)
	relaying.Go(func() {
		defer close(flying)
		for {
			data := make([]byte, 1500)
			n, err := inner.Read(data)
			if err != nil {
				return
			}
			flying <- flight{data[:n], time.Now().Add(distance)}
		}
	})
	relaying.Go(func() {
		defer outer.Close()
		for f := range flying {
			time.Sleep(time.Until(f.due))
			_, _ = outer.Write(f.data)
		}
	})
	relaying.Go(func() {
		defer inner.Close()
		_, _ = io.Copy(inner, outer)
	})
	return here
}
