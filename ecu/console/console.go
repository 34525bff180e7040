package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// history is how many lines Expect can look back.
const history = 1000

// ErrClosed means that the console has ended: it was closed, or its device vanished.
var ErrClosed = errors.New("the console has ended")

// Options of a console.
type Options struct {
	// Observe is told of each line on the receive path, before anybody else sees it. It must neither block nor close
	// the console.
	Observe func(Line)
	// Log receives every byte as it came, if it is not nil. Its errors are reported by Err.
	Log io.Writer
}

// Console is an open console.
type Console struct {
	name string
	rw   io.ReadWriteCloser
	opt  Options
	done chan struct{} // closed when the reader has ended
	turn chan struct{} // held by the Send that is under way

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when anything below changes
	lines   []Line        // the last ones
	dropped int           // lines before those
	partial Line          // the unfinished line, such as a prompt
	touched time.Time     // when it last grew
	ended   error
	logErr  error
	closed  bool
}

// New reads a console from a stream until it ends. The stream becomes the console's.
func New(name string, rw io.ReadWriteCloser, opt Options) *Console {
	c := &Console{
		name: name, rw: rw, opt: opt,
		done: make(chan struct{}), turn: make(chan struct{}, 1), changed: make(chan struct{}),
	}
	go c.read()
	return c
}

func (c *Console) String() string { return "console of " + c.name }

// Close ends the console and waits until its observer will not be called any more.
func (c *Console) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	err := c.rw.Close()
	<-c.done
	return err
}

// Done is closed when the console has ended. Err then says why, if it was not Close.
func (c *Console) Done() <-chan struct{} { return c.done }

// Err returns why the console ended, unless Close ended it, and why its log is not complete.
func (c *Console) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.logErr
	}
	return errors.Join(c.ended, c.logErr)
}

// read is the receive path. Observers come first, for triggers sit on them; the log, which may be slow, comes last.
func (c *Console) read() {
	defer close(c.done)
	var s splitter
	buffer := make([]byte, 4096)
	for {
		n, err := c.rw.Read(buffer)
		now := time.Now()
		c.publish(s.add(buffer[:n], now), s.unfinished(), now)
		c.log(buffer[:n])
		if err != nil {
			if len(s.text) > 0 {
				c.publish([]Line{s.finish()}, Line{}, now)
			}
			c.update(func() { c.ended = fmt.Errorf("%v: %w: %w", c, ErrClosed, err) })
			return
		}
	}
}

// publish tells of finished lines, and of how far the unfinished one has come.
func (c *Console) publish(lines []Line, partial Line, now time.Time) {
	if c.opt.Observe != nil {
		for _, l := range lines {
			c.opt.Observe(l)
		}
	}
	c.update(func() {
		c.partial, c.touched = partial, now
		c.lines = append(c.lines, lines...)
		if n := len(c.lines) - history; n > 0 {
			c.lines = slices.Delete(c.lines, 0, n)
			c.dropped += n
		}
	})
}

func (c *Console) log(b []byte) {
	if c.opt.Log == nil || len(b) == 0 {
		return
	}
	if _, err := c.opt.Log.Write(b); err != nil {
		c.update(func() { c.logErr = fmt.Errorf("%v: its log is not complete: %w", c, err) })
	}
}

func (c *Console) update(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
	close(c.changed)
	c.changed = make(chan struct{})
}

// Send writes text to the console. If the ECU does not take it before ctx ends, part of it may still be sent later.
func (c *Console) Send(ctx context.Context, text string) error {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("%v: send %q behind text that it does not take: %w", c, text, ctx.Err())
	}
	written := make(chan error, 1)
	go func() { // ends when the stream takes the text or is closed
		_, err := io.WriteString(c.rw, text)
		<-c.turn
		written <- err
	}()
	select {
	case err := <-written:
		if err != nil {
			return fmt.Errorf("%v: send %q: %w", c, text, err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%v: send %q, which it does not take: %w", c, text, ctx.Err())
	}
}
