package sim

import (
	"context"
	"time"

	"otabench/can/isotp"
)

// takes is what a time of the configuration comes to this time.
func (c Config) takes(d time.Duration) time.Duration {
	if c.Vary == nil {
		return d
	}
	return c.Vary(d)
}

// paced is the server's connection as it is used: nobody answers at once.
func (c Config) paced(conn isotp.Conn) isotp.Conn {
	if c.Latency == nil {
		return conn
	}
	return &late{Conn: conn, by: c.Latency}
}

// late is a connection whose messages leave a little later.
type late struct {
	isotp.Conn
	by func() time.Duration
}

// Send implements isotp.Conn.
func (l *late) Send(ctx context.Context, message []byte) error {
	if err := wait(ctx, l.by()); err != nil {
		return err
	}
	return l.Conn.Send(ctx, message)
}
