package uds

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"otabench/can/isotp"
)

// Timing holds the client's timing parameters (ISO 14229-2:2021, table 6). Zero is the default.
type Timing struct {
	P2       time.Duration // from the end of the request to the start of the response, 50 ms
	P2Star   time.Duration // the same after "response pending", 5 s
	S3Client time.Duration // between two tester present messages, 2 s
	// MaxPending is how often "response pending" is accepted for one request, 60; MaxBusy how often a request is
	// repeated that found the server busy, 10. Negative is never.
	MaxPending, MaxBusy int
}

// Bounds of the timing that a server may ask for in its response to DiagnosticSessionControl.
const (
	shortestP2 = time.Millisecond
	longestP2  = 60 * time.Second
)

// margin is what P2 is longer on the client's side, for the way through networks and drivers (delta P2).
const margin = 10 * time.Millisecond

// busyPause is the time until a request is repeated that found the server busy.
const busyPause = 10 * time.Millisecond

// Options of a client.
type Options struct {
	// Name of the server in errors.
	Name   string
	Timing Timing
	// Observe is told of each request and what came of it. It may ask the client itself, but not stop its KeepAlive. It
	// has to expect calls from several goroutines: those that ask, and that of KeepAlive.
	Observe func(Exchange)
}

// Exchange is one request with what came back.
type Exchange struct {
	Service    byte
	Request    []byte
	Response   []byte    // the positive one; nil if there was none
	Sent, Done time.Time // when sending began, and when it was over
	First      time.Time // when the first response began, of whatever kind; zero if there was none
	Pending    int       // responses with NRC 0x78
	NRC        NRC       // 0 if the response was positive
	Functional bool
	Err        error
}

// Errors that callers decide on.
var (
	// ErrNoResponse: the server did not answer within P2 or P2*.
	ErrNoResponse = errors.New("no response")
	// ErrResponse: the server answered with something that is no response to the request.
	ErrResponse = errors.New("malformed response")
	// ErrPending: the server answered "response pending" without an end.
	ErrPending = errors.New("response pending without end")
)

var errEmpty = errors.New("uds: an empty request")

// Client talks to one server. Its methods may be called from several goroutines; requests go out one after another.
type Client struct {
	conn isotp.Conn
	opt  Options
	turn chan struct{} // held by the request that is under way

	mu     sync.Mutex
	p2     time.Duration
	p2star time.Duration
	last   time.Time // when the last request ended
}

// New returns a client on a connection. The connection becomes the client's, and Close closes it.
func New(conn isotp.Conn, opt Options) *Client {
	t := &opt.Timing
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{{&t.P2, 50 * time.Millisecond}, {&t.P2Star, 5 * time.Second}, {&t.S3Client, 2 * time.Second}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if t.MaxPending == 0 {
		t.MaxPending = 60
	}
	if t.MaxBusy == 0 {
		t.MaxBusy = 10
	}
	if opt.Name == "" {
		opt.Name = "ECU"
	}
	return &Client{conn: conn, opt: opt, turn: make(chan struct{}, 1), p2: t.P2, p2star: t.P2Star}
}

func (c *Client) String() string { return fmt.Sprintf("%s at %v", c.opt.Name, c.conn) }

// Close closes the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Timing returns P2 and P2* as they are now: the server's wish, once a session was entered.
func (c *Client) Timing() (p2, p2star time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.p2, c.p2star
}

// ResetTiming returns to the configured P2 and P2*, as a server does when it restarts.
func (c *Client) ResetTiming() { c.setTiming(c.opt.Timing.P2, c.opt.Timing.P2Star) }

func (c *Client) setTiming(p2, p2star time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.p2 = min(max(p2, shortestP2), longestP2)
	c.p2star = min(max(p2star, c.p2), longestP2)
}

// Do sends a request and returns the server's positive response, which begins with the service identifier plus 0x40.
// A refusal is a *NegativeResponse; silence wraps ErrNoResponse. A request whose sub-function suppresses the positive
// response belongs to DoSuppressed.
func (c *Client) Do(ctx context.Context, request []byte) ([]byte, error) {
	return c.exchange(ctx, request, false)
}

// DoSuppressed sends a request to which only a negative response can come, and waits P2 for that.
func (c *Client) DoSuppressed(ctx context.Context, request []byte) error {
	_, err := c.exchange(ctx, request, true)
	return err
}

func (c *Client) exchange(ctx context.Context, request []byte, suppressed bool) ([]byte, error) {
	if len(request) == 0 {
		return nil, errEmpty
	}
	if err := c.acquire(ctx); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", c.opt.Name, ServiceName(request[0]), err)
	}
	e := c.perform(ctx, request, suppressed)
	c.finish(e)
	return e.Response, e.Err
}

// finish ends the turn of a request, and tells of it.
func (c *Client) finish(e Exchange) {
	c.mu.Lock()
	c.last = e.Done
	c.mu.Unlock()
	<-c.turn
	if c.opt.Observe != nil {
		c.opt.Observe(e)
	}
}

func (c *Client) acquire(ctx context.Context) error {
	select {
	case c.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
