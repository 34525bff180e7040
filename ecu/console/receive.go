package console

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"
)

// read is the receive path, for as long as there is a stream.
func (c *Console) read(ctx context.Context, stream io.ReadWriteCloser) {
	defer close(c.done)
	for {
		began := time.Now()
		err := c.receive(stream)
		if stream, err = c.reconnect(ctx, stream, began, err); err != nil {
			c.update(func() { c.ended = fmt.Errorf("%v: %w: %w", c, ErrClosed, err) })
			return
		}
	}
}

// receive reads one stream until it ends. Observers come first, for triggers sit on them; the log, which may be slow,
// comes last.
func (c *Console) receive(stream io.Reader) error {
	var s splitter
	var r redactor
	buffer := make([]byte, 4096)
	for {
		n, err := stream.Read(buffer)
		now := time.Now()
		pieces := r.add(buffer[:n], now, c.known())
		if err != nil {
			pieces = append(pieces, r.flush()...)
		}
		var lines []Line
		for _, p := range pieces {
			lines = append(lines, s.add(p.text, p.time)...)
		}
		if err != nil && len(s.text) > 0 {
			lines = append(lines, s.finish())
		}
		c.publish(lines, printed{s.unfinished(), string(r.held), now})
		c.log(pieces)
		if err != nil {
			return err
		}
	}
}

// publish tells of finished lines, and of how far the unfinished one has come.
func (c *Console) publish(lines []Line, partial printed) {
	if c.opt.Observe != nil {
		for _, l := range lines {
			c.opt.Observe(l)
		}
	}
	c.update(func() {
		c.partial = partial
		c.keep(lines...)
	})
}

// keep appends to the history. The caller holds the lock.
func (c *Console) keep(lines ...Line) {
	c.lines = append(c.lines, lines...)
	if n := len(c.lines) - history; n > 0 {
		c.lines = slices.Delete(c.lines, 0, n)
		c.dropped += n
	}
}

func (c *Console) log(pieces []piece) {
	if c.opt.Log == nil {
		return
	}
	for _, p := range pieces {
		if len(p.text) == 0 {
			continue
		}
		if _, err := c.opt.Log.Write(p.text); err != nil {
			c.update(func() { c.logErr = fmt.Errorf("%v: its log is not complete: %w", c, err) })
		}
	}
}

// known returns the secrets that are not to be shown.
func (c *Console) known() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.secrets
}

// conceal keeps a secret out of everything that arrives from now on.
func (c *Console) conceal(secret string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.secrets, secret) {
		c.secrets = append(slices.Clone(c.secrets), secret)
	}
}
