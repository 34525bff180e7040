package link

import (
	"context"
	"net"
	"sync"
	"syscall"
)

// backlog is how many connections may wait to be accepted.
const backlog = 128

// Listener takes in-memory connections. It implements [net.Listener].
type Listener struct {
	name    string
	waiting chan net.Conn
	done    chan struct{}

	mu     sync.Mutex
	closed bool
}

// NewListener returns a listener whose name is its address.
func NewListener(name string) *Listener {
	return &Listener{name: name, waiting: make(chan net.Conn, backlog), done: make(chan struct{})}
}

// Dial connects to the listener, whether anyone accepts yet or not. It fails with a *net.OpError that wraps the context's
// error, or ECONNREFUSED if the listener is closed or 128 connections wait. The connection has deadlines and can be
// closed by halves with CloseWrite.
func (l *Listener) Dial(ctx context.Context) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, l.failed("dial", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	near, far := pair("dialler", l.name)
	if l.closed {
		return nil, l.failed("dial", syscall.ECONNREFUSED)
	}
	select {
	case l.waiting <- far:
		return near, nil
	default:
		return nil, l.failed("dial", syscall.ECONNREFUSED)
	}
}

// Accept returns the next connection, or a *net.OpError that wraps net.ErrClosed.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.waiting:
		return conn, nil
	case <-l.done:
		return nil, l.failed("accept", net.ErrClosed)
	}
}

// Close refuses connections from now on and resets those that wait to be accepted.
func (l *Listener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return l.failed("close", net.ErrClosed)
	}
	l.closed = true
	close(l.done)
	for {
		select {
		case conn := <-l.waiting:
			reset(conn)
		default:
			return nil
		}
	}
}

// Addr is the listener's name.
func (l *Listener) Addr() net.Addr { return Addr(l.name) }

func (l *Listener) failed(op string, err error) error {
	return &net.OpError{Op: op, Net: network, Addr: l.Addr(), Err: err}
}
