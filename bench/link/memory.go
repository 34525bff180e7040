package link

import (
	"io"
	"net"
	"sync"
	"syscall"
	"time"
)

const network = "memory"

// Addr is the name of an end of an in-memory connection.
type Addr string

// Network is "memory".
func (Addr) Network() string { return network }

func (a Addr) String() string { return string(a) }

// memory is an end of an in-memory connection. As with TCP, what was written before a close or a reset can be read after
// it.
type memory struct {
	local, remote    Addr
	in, out          *half
	reading, writing *deadline
	closed           chan struct{}
	closing          sync.Once
}

// pair returns the two ends of a connection between a and b.
func pair(a, b string) (atA, atB *memory) {
	toB, toA := newHalf(), newHalf()
	return newMemory(a, b, toA, toB), newMemory(b, a, toB, toA)
}

func newMemory(local, remote string, in, out *half) *memory {
	return &memory{
		local: Addr(local), remote: Addr(remote), in: in, out: out,
		reading: newDeadline(), writing: newDeadline(), closed: make(chan struct{}),
	}
}

func (m *memory) Read(b []byte) (int, error) {
	n, err := m.in.read(b, m.reading, m.closed)
	return n, m.failed("read", err)
}

func (m *memory) Write(b []byte) (int, error) {
	n, err := m.out.write(b, m.writing, m.closed)
	return n, m.failed("write", err)
}

func (m *memory) failed(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &net.OpError{Op: op, Net: network, Source: m.local, Addr: m.remote, Err: err}
}

// Close ends both directions. What was written can still be read at the other end.
func (m *memory) Close() error {
	m.closing.Do(func() {
		close(m.closed)
		m.out.end(io.EOF)
		m.in.leave()
	})
	return nil
}

// CloseWrite says to the other end that nothing more comes.
func (m *memory) CloseWrite() error {
	select {
	case <-m.closed:
		return m.failed("close", net.ErrClosed)
	default:
	}
	m.out.end(io.EOF)
	return nil
}

// Reset ends the connection for both ends.
func (m *memory) Reset() {
	m.out.end(syscall.ECONNRESET)
	m.in.end(syscall.ECONNRESET)
}

func (m *memory) LocalAddr() net.Addr  { return m.local }
func (m *memory) RemoteAddr() net.Addr { return m.remote }

func (m *memory) SetDeadline(t time.Time) error {
	if err := m.SetReadDeadline(t); err != nil {
		return err
	}
	return m.SetWriteDeadline(t)
}

func (m *memory) SetReadDeadline(t time.Time) error  { return m.set(m.reading, t) }
func (m *memory) SetWriteDeadline(t time.Time) error { return m.set(m.writing, t) }

func (m *memory) set(d *deadline, t time.Time) error {
	select {
	case <-m.closed:
		return m.failed("set", net.ErrClosed)
	default:
		d.set(t)
		return nil
	}
}
