package uds

import (
	"context"
	"errors"
	"time"

	"otabench/can/isotp"
)

// ErrListening: somebody else listens to this client's unsolicited messages.
var ErrListening = errors.New("there is a listener already")

// setAside bounds the unsolicited messages that are kept for a listener while a request is under way.
const setAside = 256

// Listen calls handle for each message of the server that answers no request: responses on an event (10.9), data of
// ReadDataByPeriodicIdentifier on this connection (11.5), and answers that came too late. Without a listener they are
// thrown away. Requests go before listening, and the messages that come meanwhile are handed over after them, the last
// 256 of them. handle is called by one goroutine; it may ask the client, but not call stop. stop returns when handle is
// called no more. Listening also ends with the connection.
//
// A positive response of the service that is being asked counts as its answer if it repeats the parameters that the
// answer has to repeat, even if an event caused it: the messages do not tell.
func (c *Client) Listen(handle func(isotp.Message)) (stop func(), err error) {
	if !c.startListening() {
		return nil, ErrListening
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for c.hear(ctx, handle) {
		}
		c.stopListening()
	}()
	return func() {
		cancel()
		<-done
	}, nil
}

func (c *Client) startListening() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.listening {
		return false
	}
	c.listening = true
	return true
}

func (c *Client) stopListening() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listening, c.unsolicited = false, nil
}

// hear waits for unsolicited messages and hands them over, and says whether there may be more.
func (c *Client) hear(ctx context.Context, handle func(isotp.Message)) bool {
	turn, err := c.turns.listen(ctx)
	if err != nil {
		return false
	}
	heard := c.takeUnsolicited()
	if len(heard) == 0 {
		var m isotp.Message
		if m, err = c.conn.Receive(turn, 0); err == nil {
			heard = append(heard, m)
		}
	}
	yielded := turn.Err() != nil
	c.turns.release()
	for _, m := range heard {
		handle(m)
	}
	return ctx.Err() == nil && (err == nil || yielded || lostOne(err))
}

// lostOne says that an error is about one message, so that others may follow.
func lostOne(err error) bool {
	for _, one := range []error{
		isotp.ErrTimeoutCr, isotp.ErrWrongSN, isotp.ErrUnexpectedPDU, isotp.ErrBufferOverflow, isotp.ErrBusy, isotp.ErrLost,
	} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

// hears says whether somebody listens.
func (c *Client) hears() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.listening
}

// keep sets a message aside for the listener, if there is one.
func (c *Client) keep(m isotp.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.listening {
		return
	}
	if len(c.unsolicited) == setAside {
		c.unsolicited = c.unsolicited[1:]
	}
	c.unsolicited = append(c.unsolicited, m)
}

func (c *Client) takeUnsolicited() []isotp.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.unsolicited
	c.unsolicited = nil
	return all
}

// clear takes all messages off the connection that came before a request, so that they do not pass for its answer.
func (c *Client) clear(ctx context.Context) {
	if !c.hears() {
		c.conn.Drain()
		return
	}
	for range setAside {
		m, err := c.conn.Receive(ctx, time.Nanosecond)
		switch {
		case err == nil:
			c.keep(m)
		case !lostOne(err):
			return
		}
	}
}
