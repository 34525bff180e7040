package uds

import (
	"context"
	"errors"
	"fmt"
	"time"

	"otabench/can/isotp"
)

// perform sends the request, and again as long as the server is busy.
func (c *Client) perform(ctx context.Context, request []byte, suppressed bool) Exchange {
	e := Exchange{Service: request[0], Request: request, Sent: time.Now()}
	for busy := 0; ; busy++ {
		e.Response, e.Err = c.once(ctx, &e, suppressed)
		e.NRC = 0
		_ = errors.As(e.Err, &e.NRC)
		if e.NRC != BusyRepeatRequest || busy >= c.opt.Timing.MaxBusy {
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
	wait, pending := p2, 0
	deadline := time.Now().Add(wait + margin)
	for {
		m, err := c.receive(ctx, e, deadline)
		switch {
		case errors.Is(err, isotp.ErrNoMessage) && suppressed && pending == 0:
			return nil, nil
		case errors.Is(err, isotp.ErrNoMessage):
			return nil, fmt.Errorf("%s: %w to %s [%s] within %v; is it powered, awake and on this bus?",
				c.opt.Name, ErrNoResponse, ServiceName(e.Service), short(e.Request), wait)
		case err != nil:
			return nil, fmt.Errorf("%s: response to %s: %w", c.opt.Name, ServiceName(e.Service), err)
		}
		switch code := refusal(m); code {
		case 0:
			return m, nil
		case ResponsePending:
			pending++
			if e.Pending++; e.Pending > c.opt.Timing.MaxPending {
				return nil, fmt.Errorf("%s: %w: %d times to %s [%s]; does it hang in this service?",
					c.opt.Name, ErrPending, e.Pending, ServiceName(e.Service), short(e.Request))
			}
			wait = p2star
			deadline = time.Now().Add(wait + margin)
		default:
			return nil, &NegativeResponse{Server: c.opt.Name, Service: e.Service, Code: code}
		}
	}
}

// receive returns the next response to the request that begins until the deadline. One that begins in time may end
// after it. Other messages neither prolong the wait nor, however many come, keep it from ending.
func (c *Client) receive(ctx context.Context, e *Exchange, deadline time.Time) ([]byte, error) {
	for {
		m, err := c.conn.Receive(ctx, max(time.Until(deadline), time.Nanosecond))
		switch {
		case err != nil:
			return nil, err
		case answers(e.Service, m.Data):
			if e.First.IsZero() {
				e.First = m.First
			}
			return m.Data, nil
		case m.First.After(deadline):
			return nil, isotp.ErrNoMessage
		}
	}
}

// answers says whether a message is a response to the service.
func answers(service byte, m []byte) bool {
	return refusal(m) != 0 && m[1] == service || len(m) > 0 && m[0] == service+positive
}

// refusal returns the code of a negative response, 0 if the message is none.
func refusal(m []byte) NRC {
	if len(m) == 3 && m[0] == negative {
		return NRC(m[2])
	}
	return 0
}
