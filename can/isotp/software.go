package isotp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"otabench/can"
)

// inbox is how many messages may wait to be received.
const inbox = 64

// conn is the protocol in software, on any bus. Frames are taken on the bus's receive path, so that none is lost to a
// goroutine that comes too late; what has to be sent or waited for is the responder's.
type conn struct {
	bus can.Bus
	cfg Config
	sub *can.Subscription

	ctx    context.Context // done when the connection is closed
	cancel context.CancelFunc
	ended  chan struct{} // closed when the responder has ended

	turn chan struct{} // held by the Send that is under way
	flow chan pdu      // flow control frames for it

	awaiting atomic.Bool // it waits, or is about to wait, for flow control

	respond chan struct{} // there is something new for the responder

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when queue, busy or err changes
	queue   []result
	busy    bool // a message is being received
	err     error
	rx      reception
}

// result is a message or the reason why one was lost.
type result struct {
	msg Message
	err error
}

func start(bus can.Bus, cfg Config) *conn {
	c := &conn{
		bus: bus, cfg: cfg, respond: make(chan struct{}, 1),
		ended: make(chan struct{}), turn: make(chan struct{}, 1), flow: make(chan pdu, 8), changed: make(chan struct{}),
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.sub = bus.Handle(c.observe)
	go c.run()
	return c
}

// String implements Conn.
func (c *conn) String() string { return fmt.Sprintf("ISO-TP %v on %v", c.cfg.Address, c.bus) }

// Close implements Conn.
func (c *conn) Close() error {
	c.cancel()
	c.sub.Cancel()
	<-c.ended
	return nil
}

// Drain implements Conn.
func (c *conn) Drain() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.queue)
	c.queue = nil
	return n
}

// Receive implements Conn.
func (c *conn) Receive(ctx context.Context, begin time.Duration) (Message, error) {
	var late <-chan time.Time
	if begin > 0 {
		timer := time.NewTimer(begin)
		defer timer.Stop()
		late = timer.C
	}
	expired := false
	for {
		r, got, busy, changed := c.take()
		if got {
			return r.msg, r.err
		}
		if expired && !busy {
			return Message{}, fmt.Errorf("%v: %w (%v)", c, ErrNoMessage, begin)
		}
		select {
		case <-changed:
		case <-late:
			expired = true
		case <-ctx.Done():
			return Message{}, fmt.Errorf("%v: receive: %w", c, ctx.Err())
		}
	}
}

func (c *conn) take() (r result, got, busy bool, changed <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case len(c.queue) > 0:
		r, c.queue = c.queue[0], c.queue[1:]
		return r, true, c.busy, c.changed
	case c.err != nil:
		return result{err: c.err}, true, c.busy, c.changed
	}
	return r, false, c.busy, c.changed
}

// tell wakes Receive. mu is held.
func (c *conn) tell() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// push queues a result. mu is held.
func (c *conn) push(r result) {
	c.busy = false
	if len(c.queue) == inbox {
		c.queue = c.queue[1:]
		c.queue[0] = result{err: fmt.Errorf("%v: %w: %d of them; the oldest are lost", c, ErrBusy, inbox)}
	}
	c.queue = append(c.queue, r)
	c.tell()
}

// run is the responder: it sends the flow control of a reception and bounds its waits.
func (c *conn) run() {
	defer close(c.ended)
	defer c.cancel()
	var timer alarm
	defer timer.stop()
	for {
		select {
		case <-c.sub.C():
			c.end()
			return
		case <-c.respond:
			c.answer()
		case <-timer.c():
			timer.rang()
			c.late()
		}
		if until := c.patience(); !until.IsZero() {
			timer.by(until)
		}
	}
}

// end makes the end of the bus, or of the connection, the last result.
func (c *conn) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = fmt.Errorf("%v: %w", c, ErrClosed)
	c.tell()
}

// Send implements Conn.
func (c *conn) Send(ctx context.Context, payload []byte) error {
	if len(payload) == 0 {
		return errors.New("isotp: an empty message cannot be sent")
	}
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("%v: send: %w", c, ctx.Err())
	case <-c.ctx.Done():
		return fmt.Errorf("%v: send: %w", c, ErrClosed)
	}
	defer func() { <-c.turn }()
	if c.ctx.Err() != nil {
		return fmt.Errorf("%v: send: %w", c, ErrClosed)
	}
	// Close ends a Send that is under way.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.ctx, cancel)()
	err := c.transmit(ctx, payload)
	switch {
	case err == nil:
		return nil
	case c.ctx.Err() != nil || errors.Is(err, can.ErrClosed):
		return fmt.Errorf("%v: send %d bytes: %w", c, len(payload), ErrClosed)
	}
	return fmt.Errorf("%v: send %d bytes: %w", c, len(payload), err)
}
