package uds

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"otabench/can/isotp"
)

// Exchange is one request with what came back, and when.
type Exchange struct {
	Service    byte
	Request    []byte
	Response   []byte    // the positive one; nil if there was none
	Sent, Done time.Time // when sending began, and when it was over
	Left       time.Time // when the request's last frame was sent; of the last attempt if the server was busy
	First      time.Time // when the first response began, of whatever kind; zero if there was none
	Pending    int       // responses with NRC 0x78
	PendingAt  []time.Time
	Repeats    int // how often the request was sent again because the server was busy (NRC 0x21)
	NRC        NRC // 0 if the response was positive
	Functional bool
	Err        error
}

// query is a request together with how its response is known.
type query struct {
	request    []byte
	echo       []byte // what a positive response repeats behind the service identifier
	suppressed bool   // no positive response is expected
	bare       bool   // a positive response has no parameters
}

func (q query) exchange() Exchange {
	return Exchange{Service: q.request[0], Request: q.request, Sent: time.Now()}
}

// perform sends the request, and again as long as the server is busy.
func (c *Client) perform(ctx context.Context, q query) Exchange {
	e := q.exchange()
	for {
		e.Response, e.Err = c.once(ctx, &e, q)
		e.NRC = 0
		_ = errors.As(e.Err, &e.NRC)
		if e.NRC != BusyRepeatRequest || e.Repeats >= c.opt.Timing.MaxBusy {
			break
		}
		select {
		case <-time.After(busyPause):
		case <-ctx.Done():
			e.Err = errors.Join(e.Err, ctx.Err())
			e.Done = time.Now()
			return e
		}
		e.Repeats++
	}
	if errors.Is(e.Err, ErrNoResponse) {
		_, p2star := c.Timing()
		c.late.add(q, p2star)
	}
	e.Done = time.Now()
	return e
}

// once sends the request and waits for its final response.
func (c *Client) once(ctx context.Context, e *Exchange, q query) ([]byte, error) {
	c.clear(ctx)
	if err := c.conn.Send(ctx, q.request); err != nil {
		return nil, fmt.Errorf("%s: send %s: %w", c.opt.Name, ServiceName(e.Service), err)
	}
	e.Left = time.Now()
	return c.await(ctx, e, q)
}

// await waits for the final response to a request that was sent.
func (c *Client) await(ctx context.Context, e *Exchange, q query) ([]byte, error) {
	p2, p2star := c.Timing()
	delta := c.opt.Timing.DeltaP2
	wait, deadline := p2, e.Left.Add(p2+delta)
	var over time.Time // when it has been pending for too long; zero until it is
	for {
		m, err := c.receive(ctx, e, q, deadline)
		switch {
		case errors.Is(err, isotp.ErrNoMessage):
			return nil, c.silent(e, q, wait, over)
		case err != nil:
			return nil, fmt.Errorf("%s: response to %s: %w", c.opt.Name, ServiceName(e.Service), err)
		}
		switch code := refusal(m.Data); code {
		case 0:
			return m.Data, nil
		case ResponsePending:
			e.Pending++
			e.PendingAt = append(e.PendingAt, m.First)
			if e.Pending > c.opt.Timing.MaxPending {
				return nil, c.endless(e, over)
			}
			if over.IsZero() {
				over = time.Now().Add(c.opt.Timing.MaxPendingTime)
			}
			wait, deadline = p2star, earlier(time.Now().Add(p2star+delta), over)
		default:
			return nil, &NegativeResponse{Server: c.opt.Name, Service: e.Service, Code: code}
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// silent is what it means that nothing came in time: over is zero if the server has not asked for more.
func (c *Client) silent(e *Exchange, q query, wait time.Duration, over time.Time) error {
	switch {
	case over.IsZero() && q.suppressed:
		return nil
	case !over.IsZero() && !time.Now().Before(over):
		return c.endless(e, over)
	}
	return fmt.Errorf("%s: %w to %s [%s] within %v; is it powered, awake and on this bus?",
		c.opt.Name, ErrNoResponse, ServiceName(e.Service), short(e.Request), wait)
}

// endless makes the error for a server that asked for more time too often, or for too long.
func (c *Client) endless(e *Exchange, over time.Time) error {
	text := fmt.Sprintf("%d times", e.Pending)
	if !over.IsZero() && !time.Now().Before(over) {
		text = fmt.Sprintf("%s in %v", text, c.opt.Timing.MaxPendingTime)
	}
	return fmt.Errorf("%s: %w: %s to %s [%s]; does it hang in this service?",
		c.opt.Name, ErrPending, text, ServiceName(e.Service), short(e.Request))
}

// receive returns the next response to the request that begins until the deadline. One that begins in time may end
// after it. Other messages neither prolong the wait nor, however many come, keep it from ending.
func (c *Client) receive(ctx context.Context, e *Exchange, q query, deadline time.Time) (isotp.Message, error) {
	for {
		m, err := c.conn.Receive(ctx, max(time.Until(deadline), time.Nanosecond))
		switch {
		case err != nil:
			return m, err
		case c.late.take(q, m.Data):
			continue
		case c.answers(q, m.Data):
			if e.First.IsZero() {
				e.First = m.First
			}
			return m, nil
		case m.First.After(deadline):
			return m, isotp.ErrNoMessage
		}
		c.keep(m)
	}
}

// answers says whether a message is a response to the request. While somebody listens, a response with other parameters
// is an event; otherwise it is the wrong answer.
func (c *Client) answers(q query, m []byte) bool {
	service := q.request[0]
	switch {
	case refusal(m) != 0:
		return m[1] == service
	case len(m) == 0 || m[0] != service+positive:
		return false
	}
	return bytes.HasPrefix(m[1:], q.echo) && !(q.bare && len(m) > 1) || !c.hears()
}

// refusal returns the code of a negative response, 0 if the message is none.
func refusal(m []byte) NRC {
	if len(m) == 3 && m[0] == negative {
		return NRC(m[2])
	}
	return 0
}
