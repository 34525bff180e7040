package kernel

import (
	"context"
	"sync"
	"time"

	"otabench/can/isotp"
)

// conn implements isotp.Conn.
type conn struct {
	name string
	cfg  isotp.Config
	sock *socket
	errs errorSlot

	sending   chan struct{} // held by the Send that is under way
	receiving chan struct{} // held by the Receive or Drain that is under way
	in        inbox         // theirs

	closing sync.Once
	closed  chan struct{}
}

// String implements isotp.Conn.
func (c *conn) String() string { return c.name }

// Close implements isotp.Conn. It waits for a transfer that the kernel has under way, 2 s at most.
func (c *conn) Close() error {
	c.closing.Do(func() {
		close(c.closed)
		// Nothing is lost by it, and nothing can be done about its errors.
		_ = c.sock.Close()
		_ = c.in.heads.Close()
	})
	return nil
}

func (c *conn) isClosed() bool {
	select {
	case <-c.closed:
		return true
	default:
		return false
	}
}

// take gets a turn, which is given back by receiving from it.
func (c *conn) take(ctx context.Context, turn chan struct{}) error {
	if c.isClosed() {
		return isotp.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-c.closed:
		return isotp.ErrClosed
	}
}

// why explains an error of the socket's poller, which ends waits when the context or the connection ends.
func (c *conn) why(ctx context.Context, err error) error {
	switch {
	case c.isClosed():
		return isotp.ErrClosed
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return err
}

// past is a deadline that ends a wait.
var past = time.Unix(1, 0)

// until makes the end of ctx end waits through setDeadline, until the function that it returns is called.
func until(ctx context.Context, setDeadline func(time.Time) error) (release func()) {
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		_ = setDeadline(past) // fails only on a closed socket, which ends waits as well
	})
	return func() {
		if !stop() {
			<-ended
		}
		_ = setDeadline(time.Time{})
	}
}
