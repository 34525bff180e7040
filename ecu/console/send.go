package console

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
)

// Send writes text to the console. If the ECU does not take it before ctx ends, part of it may still be sent later.
// While the device is away, it waits or fails with ErrGap, as [Reconnect] says.
func (c *Console) Send(ctx context.Context, text string) error {
	return c.send(ctx, text, strconv.Quote(redact(text, c.known())))
}

// SendLine sends text and the line end of the console's options.
func (c *Console) SendLine(ctx context.Context, text string) error {
	return c.Send(ctx, text+c.opt.LineEnd)
}

// send writes text that errors call by another name.
func (c *Console) send(ctx context.Context, text, called string) error {
	stream, err := c.take(ctx)
	if err != nil {
		return fmt.Errorf("%v: send %s: %w", c, called, err)
	}
	written := make(chan error, 1)
	go func() { // ends when the stream takes the text or is closed
		_, err := io.WriteString(stream, text)
		c.release()
		written <- err
	}()
	select {
	case err := <-written:
		if err != nil {
			return fmt.Errorf("%v: send %s: %w", c, called, err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%v: send %s, which it does not take: %w", c, called, ctx.Err())
	}
}

// take waits for the turn to write to the stream, and for the stream. It is followed by release.
func (c *Console) take(ctx context.Context) (io.ReadWriteCloser, error) {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait behind text that it does not take: %w", ctx.Err())
	}
	stream, err := c.present(ctx)
	if err != nil {
		c.release()
	}
	return stream, err
}

func (c *Console) release() { <-c.turn }

// present waits until the device is there.
func (c *Console) present(ctx context.Context) (io.ReadWriteCloser, error) {
	for {
		c.mu.Lock()
		stream, away, closed, ended, changed := c.stream, c.away, c.closed, c.ended, c.changed
		c.mu.Unlock()
		switch {
		case closed:
			return nil, fmt.Errorf("%w: %w", ErrClosed, os.ErrClosed)
		case !away:
			return stream, nil
		case ended != nil:
			return nil, ended
		case c.opt.Reconnect.FailOnGap:
			return nil, ErrGap
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, fmt.Errorf("its device is away: %w", ctx.Err())
		}
	}
}
