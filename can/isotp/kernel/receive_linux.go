package kernel

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"otabench/can/internal/kerneltime"
	"otabench/can/isotp"
)

// inbox is what a Receive works with.
type inbox struct {
	heads   *heads
	data    []byte
	control []byte
	last    time.Time // of the last message
}

func newInbox(h *heads) inbox {
	return inbox{heads: h, data: make([]byte, maxMessage+1), control: make([]byte, maxControl)}
}

// Receive implements isotp.Conn.
func (c *conn) Receive(ctx context.Context, begin time.Duration) (isotp.Message, error) {
	if err := c.take(ctx, c.receiving); err != nil {
		return isotp.Message{}, fmt.Errorf("%v: receive: %w", c, err)
	}
	defer func() { <-c.receiving }()
	defer until(ctx, c.sock.file.SetReadDeadline)()
	m, err := c.await(ctx, begin)
	if err != nil {
		return isotp.Message{}, fmt.Errorf("%v: receive: %w", c, err)
	}
	return m, nil
}

// await waits for a message, and for one that has begun even if the time for that is over: the kernel ends a reception
// itself when the sender falls silent.
func (c *conn) await(ctx context.Context, begin time.Duration) (isotp.Message, error) {
	for wait := begin; ; wait = c.cfg.NCr {
		if wait > 0 {
			_ = c.sock.file.SetReadDeadline(time.Now().Add(wait)) // fails only on a closed socket, and so does the read
		}
		if ctx.Err() != nil { // its deadline may have been overwritten
			return isotp.Message{}, ctx.Err()
		}
		m, err := c.read()
		if !errors.Is(err, os.ErrDeadlineExceeded) || ctx.Err() != nil || c.isClosed() {
			return m, c.whyRead(ctx, err)
		}
		if c.in.heads.gather(); !c.in.heads.pending() {
			return isotp.Message{}, fmt.Errorf("%w (%v)", isotp.ErrNoMessage, begin)
		}
	}
}

func (c *conn) whyRead(ctx context.Context, err error) error {
	if err == nil || errors.Is(err, isotp.ErrBufferOverflow) {
		return err
	}
	return c.why(ctx, err)
}

// read waits for the next message or error until the socket's deadline.
func (c *conn) read() (isotp.Message, error) {
	var n int
	var stamp time.Time
	var failed error
	err := c.sock.conn.Read(func(fd uintptr) (done bool) {
		c.errs.Lock()
		defer c.errs.Unlock()
		n, stamp, failed = c.next(fd)
		return !errors.Is(failed, unix.EAGAIN)
	})
	switch {
	case err != nil:
		return isotp.Message{}, err
	case failed != nil:
		c.in.heads.gather()
		c.in.heads.forget()
		return isotp.Message{}, failed
	case n > c.cfg.MaxMessage:
		return isotp.Message{}, fmt.Errorf("%w: %d bytes, %d are accepted", isotp.ErrBufferOverflow, n, c.cfg.MaxMessage)
	}
	return c.message(n, stamp), nil
}

// next takes the next message or error without waiting. Errors of sending are left to the Send.
func (c *conn) next(fd uintptr) (n int, stamp time.Time, err error) {
	for {
		if err := taken(&c.errs.receive); err != nil {
			return 0, time.Time{}, err
		}
		n, stamp, err := receive(fd, c.in.data, c.in.control)
		if err == nil || errors.Is(err, unix.EAGAIN) {
			return n, stamp, err
		}
		if err := c.errs.sort(err); err != nil {
			return 0, time.Time{}, err
		}
	}
}

// message puts what was received onto our clock.
func (c *conn) message(n int, stamp time.Time) isotp.Message {
	c.in.heads.gather()
	first, now := c.in.heads.before(stamp), time.Now()
	m := isotp.Message{Data: slices.Clone(c.in.data[:n])}
	m.Last = kerneltime.OnClock(stamp, now, c.in.last)
	if !first.IsZero() {
		m.First = m.Last.Add(first.Sub(stamp))
	}
	c.in.last = m.Last
	return m
}

// Drain implements isotp.Conn.
func (c *conn) Drain() int {
	if c.take(context.Background(), c.receiving) != nil {
		return 0
	}
	defer func() { <-c.receiving }()
	n := 0
	_ = c.sock.conn.Read(func(fd uintptr) (done bool) {
		c.errs.Lock()
		defer c.errs.Unlock()
		for {
			_, stamp, err := c.next(fd)
			switch {
			case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EBADF):
				return true
			case err == nil:
				n++
				c.in.heads.gather()
				c.in.heads.before(stamp)
			default:
				n++ // one that is lost
			}
		}
	})
	return n
}
