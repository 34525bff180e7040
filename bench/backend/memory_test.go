package backend_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"

	"otabench/bench/backend"
)

// memory is a listener without sockets, for virtual time.
type memory struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newMemory() *memory {
	return &memory{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.conns:
		return c, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error {
	m.once.Do(func() { close(m.closed) })
	return nil
}

func (m *memory) Addr() net.Addr { return memoryAddr{} }

type memoryAddr struct{}

func (memoryAddr) Network() string { return "memory" }
func (memoryAddr) String() string  { return "memory" }

func (m *memory) dial(ctx context.Context) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case m.conns <- there:
		return here, nil
	case <-m.closed:
		return nil, errors.New("nobody listens")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// startInMemory serves a new backend without sockets.
func startInMemory(t *testing.T, o backend.Options) (*backend.Backend, dialer) {
	t.Helper()
	b, err := backend.New(o)
	must(t, err)
	m := newMemory()
	serve(t, b, m)
	return b, m.dial
}
