package uds

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"otabench/can/isotp"
)

// Options of a client.
type Options struct {
	// Name of the server in errors.
	Name   string
	Timing Timing
	// Observe is told of each request and what came of it. It may ask the client itself, but not stop its KeepAlive. It
	// has to expect calls from several goroutines: those that ask, and that of KeepAlive.
	Observe func(Exchange)
}

// Errors that callers decide on.
var (
	// ErrNoResponse: the server did not answer within P2 or P2*.
	ErrNoResponse = errors.New("no response")
	// ErrResponse: the server answered with something that is no response to the request.
	ErrResponse = errors.New("malformed response")
	// ErrPending: the server answered "response pending" without an end.
	ErrPending = errors.New("response pending without end")
	// ErrLength: a response holds data of several identifiers or records, and the caller did not tell how long they are.
	ErrLength = errors.New("response of unknown structure")
	// ErrRequest: the parameters make no request that the standard knows, so nothing was sent.
	ErrRequest = errors.New("not a valid request")
)

var errEmpty = errors.New("uds: an empty request")

// Client talks to one server. Its methods may be called from several goroutines; requests go out one after another.
type Client struct {
	conn  isotp.Conn
	opt   Options
	turns turns // the request that is under way has the turn
	late  late  // of the one that has it

	mu          sync.Mutex
	now         SessionTiming          // in use
	known       map[byte]SessionTiming // what the server asked for in its sessions
	last        time.Time              // when the last request ended
	listening   bool
	unsolicited []isotp.Message // for the listener
}

// New returns a client on a connection. The connection becomes the client's, and Close closes it.
func New(conn isotp.Conn, opt Options) *Client {
	opt.Timing = opt.Timing.withDefaults()
	if opt.Name == "" {
		opt.Name = "ECU"
	}
	c := &Client{conn: conn, opt: opt, known: map[byte]SessionTiming{}}
	c.now = SessionTiming{P2: opt.Timing.P2, P2Star: opt.Timing.P2Star}
	return c
}

func (c *Client) String() string { return fmt.Sprintf("%s at %v", c.opt.Name, c.conn) }

// Close closes the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Do sends a request and returns the server's positive response, which begins with the service identifier plus 0x40.
// A refusal is a *NegativeResponse; silence wraps ErrNoResponse. A request whose sub-function suppresses the positive
// response belongs to DoSuppressed.
func (c *Client) Do(ctx context.Context, request []byte) ([]byte, error) {
	return c.exchange(ctx, query{request: request})
}

// DoSuppressed sends a request to which only a negative response can come, and waits P2 for that. A server that asked
// for more time owes a response, the positive one too (8.2.2).
func (c *Client) DoSuppressed(ctx context.Context, request []byte) error {
	_, err := c.exchange(ctx, query{request: request, suppressed: true})
	return err
}

func (c *Client) exchange(ctx context.Context, q query) ([]byte, error) {
	if len(q.request) == 0 {
		return nil, errEmpty
	}
	if err := c.turns.acquire(ctx); err != nil {
		return nil, fmt.Errorf("%s: %s: %w", c.opt.Name, ServiceName(q.request[0]), err)
	}
	e := c.perform(ctx, q)
	if e.Err == nil {
		c.adopt(e.Request, e.Response)
	}
	c.finish(e)
	return e.Response, e.Err
}

// finish ends the turn of a request, and tells of it.
func (c *Client) finish(e Exchange) {
	c.mu.Lock()
	c.last = e.Done
	c.mu.Unlock()
	c.turns.release()
	if c.opt.Observe != nil {
		c.opt.Observe(e)
	}
}
