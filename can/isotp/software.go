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

// depth is how many frames a connection may lag behind its bus, and inbox how many messages may wait to be received.
const (
	depth = 4096
	inbox = 64
)

// conn is the protocol in software, on any bus.
type conn struct {
	bus can.Bus
	cfg Config
	sub *can.Subscription

	ctx    context.Context // done when the connection is closed
	cancel context.CancelFunc
	ended  chan struct{} // closed when the receiver has ended

	turn chan struct{} // held by the Send that is under way
	flow chan pdu      // flow control frames for it

	awaiting atomic.Bool // it waits, or is about to wait, for flow control

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when anything below changes
	queue   []result
	busy    bool // a message is being received
	err     error

	rx reception // of the receiver's goroutine alone
}

// result is a message or the reason why one was lost.
type result struct {
	msg Message
	err error
}

func start(bus can.Bus, cfg Config) *conn {
	filters := []can.Filter{can.Exactly(cfg.Address.Rx, cfg.Address.Extended)}
	if cfg.Functional != 0 {
		filters = append(filters, can.Exactly(cfg.Functional, cfg.Address.Extended))
	}
	c := &conn{
		bus: bus, cfg: cfg, sub: bus.Subscribe(depth, filters...),
		ended: make(chan struct{}), turn: make(chan struct{}, 1), flow: make(chan pdu, 8), changed: make(chan struct{}),
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
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

// update changes what Receive sees, and wakes it.
func (c *conn) update(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *conn) push(r result) {
	c.update(func() {
		c.busy = false
		if len(c.queue) == inbox {
			c.queue = c.queue[1:]
			c.queue[0] = result{err: fmt.Errorf("%v: %w: %d of them; the oldest are lost", c, ErrBusy, inbox)}
		}
		c.queue = append(c.queue, r)
	})
}

// full says that there is no room for another message.
func (c *conn) full() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue) == inbox
}

// run is the receiver.
func (c *conn) run() {
	defer close(c.ended)
	defer c.cancel()
	var timer alarm
	defer timer.stop()
	for {
		select {
		case r, ok := <-c.sub.C():
			if !ok {
				c.update(func() { c.err = fmt.Errorf("%v: %w", c, ErrClosed) })
				return
			}
			c.checkLost()
			c.receive(r)
		case <-timer.c():
			timer.rang()
			if c.rx.active && !time.Now().Before(c.rx.until) {
				c.silence()
			}
		}
		if c.rx.active {
			timer.by(c.rx.until)
		}
	}
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
