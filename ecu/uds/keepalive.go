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
		timer.Reset(c.present(ctx))
	}
}

// present sends tester present if S3client has passed without a request, and returns when to look again. It does not
// wait for a refusal, so that requests are not held up: a server that refuses or is gone shows in the next request.
func (c *Client) present(ctx context.Context) time.Duration {
	s3 := c.opt.Timing.S3Client
	if c.turns.acquire(ctx) != nil {
		return s3
	}
	if quiet := c.quiet(); quiet < s3 {
		c.turns.release()
		return s3 - quiet
	}
	e := Exchange{Service: SIDTesterPresent, Request: []byte{SIDTesterPresent, suppressPositive}, Sent: time.Now()}
	e.Err = c.conn.Send(ctx, e.Request)
	e.Done = time.Now()
	if e.Err == nil {
		e.Left = e.Done
	}
	c.finish(e)
	return s3
}

// quiet is how long no request has ended.
func (c *Client) quiet() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Since(c.last)
}
