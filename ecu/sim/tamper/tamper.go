// Package tamper has a diagnostic server do wrong what it does right: it sits on the server's connection and changes
// requests and responses on their way.
//
//	late := tamper.Fault{Response: func(_ isotp.Message, response []byte) [][]byte {
//		time.Sleep(100 * time.Millisecond)
//		return [][]byte{response}
//	}}
//	s, err := server.New(tamper.New(conn, late), cfg)
package tamper

import (
	"context"
	"sync"
	"time"

	"otabench/can/isotp"
)

// Fault is what becomes of messages. Either function may be nil, and neither is called twice at a time.
type Fault struct {
	// Request sees a request and may change it. It may answer by itself, and returns false to keep the request back.
	Request func(m *isotp.Message, say func(response ...byte)) bool
	// Response returns what is sent in place of a response to the latest request.
	Response func(request isotp.Message, response []byte) [][]byte
}

// Conn is a connection with faults. It is safe for several goroutines where the connection is.
type Conn struct {
	isotp.Conn
	faults []Fault

	mu   sync.Mutex // guards the following
	last isotp.Message
}

// New puts faults on a connection, which stays the caller's. Requests meet the first of them first, responses the last.
func New(conn isotp.Conn, faults ...Fault) *Conn { return &Conn{Conn: conn, faults: faults} }

// Receive implements isotp.Conn: it returns the next request that no fault keeps back.
func (c *Conn) Receive(ctx context.Context, begin time.Duration) (isotp.Message, error) {
	for {
		m, err := c.Conn.Receive(ctx, begin)
		if err != nil || c.pass(ctx, &m) {
			return m, err
		}
	}
}

func (c *Conn) pass(ctx context.Context, m *isotp.Message) bool {
	// A fault may change the bytes in place. Responses are still told what came.
	c.mu.Lock()
	c.last = *m
	c.last.Data = append([]byte(nil), m.Data...)
	c.mu.Unlock()
	// Where the bus takes no answer, the tester sees none.
	say := func(response ...byte) { _ = c.Conn.Send(ctx, response) }
	for _, f := range c.faults {
		if f.Request != nil && !f.Request(m, say) {
			return false
		}
	}
	return true
}

// Send implements isotp.Conn.
func (c *Conn) Send(ctx context.Context, response []byte) error {
	c.mu.Lock()
	request := c.last
	c.mu.Unlock()
	all := [][]byte{response}
	for i := len(c.faults) - 1; i >= 0; i-- {
		if f := c.faults[i].Response; f != nil {
			all = changed(f, request, all)
		}
	}
	for _, one := range all {
		if err := c.Conn.Send(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

// changed is what a fault makes of responses.
func changed(f func(isotp.Message, []byte) [][]byte, request isotp.Message, all [][]byte) (after [][]byte) {
	for _, one := range all {
		after = append(after, f(request, one)...)
	}
	return after
}
