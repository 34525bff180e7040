package kernel

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// Send implements isotp.Conn.
func (c *conn) Send(ctx context.Context, payload []byte) error {
	if len(payload) == 0 {
		return errors.New("isotp: an empty message cannot be sent")
	}
	if err := c.take(ctx, c.sending); err != nil {
		return fmt.Errorf("%v: send: %w", c, err)
	}
	defer func() { <-c.sending }()
	if err := c.transmit(ctx, payload); err != nil {
		return fmt.Errorf("%v: send %d bytes: %w", c, len(payload), err)
	}
	return nil
}

// transmit hands the message to the kernel and waits until it was sent.
func (c *conn) transmit(ctx context.Context, payload []byte) error {
	defer until(ctx, c.sock.file.SetWriteDeadline)()
	started := false
	var failed error
	err := c.sock.conn.Write(func(fd uintptr) (done bool) {
		c.errs.Lock()
		defer c.errs.Unlock()
		if !started {
			if started, failed = c.start(fd, payload); !started {
				return failed != nil
			}
		}
		if !idle(fd) {
			return false
		}
		failed = errors.Join(c.errs.ask(fd), taken(&c.errs.send))
		return true
	})
	if err != nil {
		return c.why(ctx, err)
	}
	return failed
}

// start hands the message over, unless the kernel still has one of a Send that gave up.
func (c *conn) start(fd uintptr, payload []byte) (started bool, err error) {
	if err := c.errs.ask(fd); err != nil {
		return false, err
	}
	_ = taken(&c.errs.send) // that of the Send that gave up
	switch _, err := unix.Write(int(fd), payload); {
	case err == nil:
		return true, nil
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		return false, nil
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.EMSGSIZE):
		return false, fmt.Errorf("this kernel does not send messages of that length: %w", err)
	default:
		return false, err
	}
}

// idle says that the kernel has nothing more to send.
func idle(fd uintptr) bool {
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	n, err := unix.Poll(poll, 0)
	return err == nil && n > 0 && poll[0].Revents&unix.POLLOUT != 0
}
