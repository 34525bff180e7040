package uds

import (
	"context"
	"time"
)

// KeepAlive holds the server's session: it sends tester present whenever S3client has passed without a request. It goes
// between requests and never disturbs one. stop returns when no more will be sent.
func (c *Client) KeepAlive(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.keepAlive(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

func (c *Client) keepAlive(ctx context.Context) {
	timer := time.NewTimer(c.opt.Timing.S3Client)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if quiet := c.quiet(); quiet < c.opt.Timing.S3Client {
			timer.Reset(c.opt.Timing.S3Client - quiet)
			continue
		}
		// A server that refuses or is gone shows in the next request; here nobody could act on it.
		c.present(ctx)
		timer.Reset(c.opt.Timing.S3Client)
	}
}

// quiet is how long no request has ended.
func (c *Client) quiet() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Since(c.last)
}

// present sends tester present without waiting for a refusal, so that requests are not held up by it.
func (c *Client) present(ctx context.Context) {
	if c.acquire(ctx) != nil {
		return
	}
	defer func() { <-c.turn }()
	e := Exchange{Service: SIDTesterPresent, Request: []byte{SIDTesterPresent, suppressPositive}, Sent: time.Now()}
	e.Err = c.conn.Send(ctx, e.Request)
	e.Done = time.Now()
	c.mu.Lock()
	c.last = e.Done
	c.mu.Unlock()
	if c.opt.Observe != nil {
		c.opt.Observe(e)
	}
}
