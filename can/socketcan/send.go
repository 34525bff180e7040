package socketcan

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"otabench/can"
)

// retryAfter is how long Send waits when the interface's queue is full of other programs' frames. The kernel reports that
// through ENOBUFS and says nothing when there is room again. A frame of 8 bytes takes 0.25 ms at 500 kbit/s.
const retryAfter = 500 * time.Microsecond

// Send implements [can.Bus]. It returns once the kernel has taken the frame, and waits while the kernel has no room. If
// the interface went down or away, the error wraps [can.ErrClosed] and the system's error.
func (b *Bus) Send(ctx context.Context, f can.Frame) error {
	_, err := b.SendBurst(ctx, []can.Frame{f})
	return err
}

// SendBurst implements [can.Burster]: one system call hands over all that the kernel has room for.
func (b *Bus) SendBurst(ctx context.Context, frames []can.Frame) (int, error) {
	frames = frames[:min(len(frames), batchSize)]
	for i, f := range frames {
		err := b.sendable(f)
		if err != nil && i == 0 {
			return 0, err
		}
		if err != nil { // the next call reports it, once those before it are sent
			frames = frames[:i]
			break
		}
	}
	first := frames[0]
	select {
	case b.sending <- struct{}{}:
		defer func() { <-b.sending }()
	case <-ctx.Done():
		return 0, fmt.Errorf("%s: send %v: %w", b.name, first, ctx.Err())
	case <-b.done:
		return 0, b.cause
	}
	select { // several of the above may have been true
	case <-ctx.Done():
		return 0, fmt.Errorf("%s: send %v: %w", b.name, first, ctx.Err())
	case <-b.done:
		return 0, b.cause
	default:
		return b.hand(ctx, frames)
	}
}

func (b *Bus) sendable(f can.Frame) error {
	if err := f.Validate(); err != nil {
		return fmt.Errorf("%s: %w", b.name, err)
	}
	if f.Is(can.FD) && !b.fd {
		return fmt.Errorf("%s: %w: the interface carries classic frames only; set it up with `fd on`, "+
			"or a virtual one with `mtu 72`", b.name, can.ErrInvalid)
	}
	if b.State() == can.BusOff {
		return fmt.Errorf("%s: %w", b.name, can.ErrBusOff)
	}
	return nil
}

// hand gives frames to the kernel. The caller holds sending.
func (b *Bus) hand(ctx context.Context, frames []can.Frame) (int, error) {
	for i, f := range frames {
		b.raw[i] = encode(&b.frames[i], f)
	}
	for {
		n, err := b.sock.send(ctx, b.raw[:len(frames)])
		switch {
		case n > 0:
			return n, nil
		case ctx.Err() != nil:
			return 0, fmt.Errorf("%s: send %v: the kernel has no room: %w", b.name, frames[0], ctx.Err())
		case !errors.Is(err, syscall.ENOBUFS):
			return 0, b.fail(err)
		}
		select {
		case <-time.After(retryAfter):
		case <-ctx.Done():
			return 0, fmt.Errorf("%s: send %v: the transmit queue is full: %w", b.name, frames[0], ctx.Err())
		case <-b.done:
			return 0, b.cause
		}
	}
}
