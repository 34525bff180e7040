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
	// repeated that found the server busy, 10.
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
	// Observe is told of each request and what came of it, one at a time, under no lock.
	Observe func(Exchange)
}

// Exchange is one request with what came back.
type Exchange struct {
	Service    byte
	Request    []byte
	Response   []byte // the final one; nil if there was none
	Sent, Done time.Time
	Pending    int // responses with NRC 0x78
	NRC        NRC // 0 if the response was positive
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
		return nil, errors.New("uds: an empty request")
	}
	if err := c.acquire(ctx); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", c.opt.Name, ServiceName(request[0]), err)
	}
	e := c.perform(ctx, request, suppressed)
	c.mu.Lock()
	c.last = e.Done
	c.mu.Unlock()
	if c.opt.Observe != nil {
		c.opt.Observe(e)
	}
	<-c.turn
	return e.Response, e.Err
}

func (c *Client) acquire(ctx context.Context) error {
	select {
	case c.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// perform sends the request, and again as long as the server is busy.
func (c *Client) perform(ctx context.Context, request []byte, suppressed bool) Exchange {
	e := Exchange{Service: request[0], Request: request, Sent: time.Now()}
	for busy := 0; ; busy++ {
		e.Response, e.Err = c.once(ctx, &e, suppressed)
		e.NRC = 0
		_ = errors.As(e.Err, &e.NRC)
		if e.NRC != BusyRepeatRequest || busy == c.opt.Timing.MaxBusy {
			break
		}
		select {
		case <-time.After(busyPause):
		case <-ctx.Done():
			e.Err = errors.Join(e.Err, ctx.Err())
			e.Done = time.Now()
			return e
		}
	}
	e.Done = time.Now()
	return e
}

// once sends the request and waits for its final response.
func (c *Client) once(ctx context.Context, e *Exchange, suppressed bool) ([]byte, error) {
	c.conn.Drain() // late answers to requests that were given up
	if err := c.conn.Send(ctx, e.Request); err != nil {
		return nil, fmt.Errorf("%s: send %s: %w", c.opt.Name, ServiceName(e.Service), err)
	}
	p2, p2star := c.Timing()
	wait := p2
	deadline := time.Now().Add(wait + margin)
	for {
		// Strays do not prolong the wait; a response that came in the last moment is still taken.
		m, err := c.receive(ctx, max(time.Until(deadline), time.Nanosecond))
		switch {
		case errors.Is(err, isotp.ErrNoMessage) && suppressed && e.Pending == 0:
			return nil, nil
		case errors.Is(err, isotp.ErrNoMessage):
			return nil, fmt.Errorf("%s: %w to %s [%s] within %v; is it powered, awake and on this bus?",
				c.opt.Name, ErrNoResponse, ServiceName(e.Service), short(e.Request), wait)
		case err != nil:
			return nil, fmt.Errorf("%s: response to %s: %w", c.opt.Name, ServiceName(e.Service), err)
		}
		code, belongs := c.judge(e.Service, m)
		switch {
		case !belongs:
			continue
		case code == ResponsePending:
			if e.Pending++; e.Pending > c.opt.Timing.MaxPending {
				return nil, fmt.Errorf("%s: %w: %d times to %s", c.opt.Name, ErrPending, e.Pending, ServiceName(e.Service))
			}
			wait = p2star
			deadline = time.Now().Add(wait + margin)
		case code != 0:
			return nil, &NegativeResponse{Server: c.opt.Name, Service: e.Service, Code: code}
		default:
			return m, nil
		}
	}
}

// receive waits until a response begins.
func (c *Client) receive(ctx context.Context, begin time.Duration) ([]byte, error) {
	m, err := c.conn.Receive(ctx, begin)
	return m.Data, err
}

// judge says whether a message is a response to the service, and its code if it is a negative one.
func (c *Client) judge(service byte, m []byte) (code NRC, belongs bool) {
	switch {
	case len(m) == 3 && m[0] == negative && m[1] == service:
		return NRC(m[2]), true
	case len(m) > 0 && m[0] == service+positive:
		return 0, true
	}
	return 0, false
}

// short writes the beginning of a message.
func short(b []byte) string {
	const shown = 12
	if len(b) > shown {
		return fmt.Sprintf("% X … %d bytes", b[:shown], len(b))
	}
	return fmt.Sprintf("% X", b)
}

// malformed makes the error for a response that does not fit its request.
func (c *Client) malformed(request, response []byte, why string) error {
	return fmt.Errorf("%s: %w to %s: %s: [%s]", c.opt.Name, ErrResponse, ServiceName(request[0]), why, short(response))
}
