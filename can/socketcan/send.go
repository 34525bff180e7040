package socketcan

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"otabench/can"
)

// transmission is a frame on its way to the goroutine that writes.
type transmission struct {
	ctx    context.Context
	frame  can.Frame
	result chan error // buffered, so that the writer never waits for a caller that gave up
}

// retryAfter is how long Send waits when the interface's queue is full. The kernel reports no room through ENOBUFS and
// says nothing when there is room again. A frame of 8 bytes takes 0.25 ms at 500 kbit/s.
const retryAfter = 500 * time.Microsecond

// Send implements [can.Bus]. It returns once the kernel has taken the frame, and waits while the kernel's queue is full.
// FD frames are refused with an error that wraps [can.ErrInvalid]. If the interface went down or away, the error wraps
// [can.ErrClosed] and the system's error.
func (b *Bus) Send(ctx context.Context, f can.Frame) error {
	if err := b.sendable(f); err != nil {
		return err
	}
	for {
		err := b.hand(ctx, f)
		if !errors.Is(err, syscall.ENOBUFS) {
			return err
		}
		select {
		case <-time.After(retryAfter):
		case <-ctx.Done():
			return fmt.Errorf("%s: send %v: the transmit queue is full: %w", b.name, f, ctx.Err())
		case <-b.done:
			return b.cause
		}
	}
}

func (b *Bus) sendable(f can.Frame) error {
	if err := f.Validate(); err != nil {
		return fmt.Errorf("%s: %w", b.name, err)
	}
	if f.Is(can.FD) {
		return fmt.Errorf("%s: %w: this bus carries classic frames only, not FD", b.name, can.ErrInvalid)
	}
	if b.State() == can.BusOff {
		return fmt.Errorf("%s: %w", b.name, can.ErrBusOff)
	}
	return nil
}

// hand gives the frame to the receive path's goroutine and waits for what came of it.
func (b *Bus) hand(ctx context.Context, f can.Frame) error {
	t := transmission{ctx: ctx, frame: f, result: make(chan error, 1)}
	select {
	case b.sends <- t:
	case <-ctx.Done():
		return fmt.Errorf("%s: send %v: %w", b.name, f, ctx.Err())
	case <-b.done:
		return b.cause
	}
	// write ends with ctx and with the connection, so this wait is bounded by both.
	return <-t.result
}

// write hands one frame to the kernel, or gives up when ctx ends.
func (b *Bus) write(ctx context.Context, f can.Frame) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: send %v: %w", b.name, f, err)
	}
	if err := b.conn.SetWriteDeadline(time.Time{}); err != nil {
		return b.fail(err)
	}
	expired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(expired)
		_ = b.conn.SetWriteDeadline(time.Unix(1, 0)) // it fails only on a closed connection, whose Write fails as well
	})
	// The transmitter would set ctx's deadline and leave it there for the frames of other callers.
	err := b.tx.TransmitFrame(context.WithoutCancel(ctx), toKernel(f))
	if !stop() {
		<-expired // before the next frame sets its own
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%s: send %v: %w", b.name, f, ctx.Err())
	case errors.Is(err, syscall.ENOBUFS):
		return err
	}
	return b.fail(err)
}
