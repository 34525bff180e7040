package uds

import (
	"time"
)

// Timing holds the client's timing parameters (ISO 14229-2:2021, table 6). Zero is the default.
type Timing struct {
	P2       time.Duration // from the end of the request to the start of the response, 50 ms
	P2Star   time.Duration // the same after "response pending", 5 s
	S3Client time.Duration // between two tester present messages, 2 s
	// DeltaP2 is what P2 and P2* are longer for the client, by the way through networks and drivers and back, 10 ms.
	DeltaP2 time.Duration
	// MaxPending is how often "response pending" is accepted for one request, 60; MaxBusy how often a request is
	// repeated that found the server busy, 10. Negative is never.
	MaxPending, MaxBusy int
	// MaxPendingTime is how long a request is waited for after its first "response pending", 10 min.
	MaxPendingTime time.Duration
}

// Bounds of the timing that a server may ask for in its response to DiagnosticSessionControl.
const (
	shortestP2 = time.Millisecond
	longestP2  = 60 * time.Second
)

// busyPause is the time until a request is repeated that found the server busy.
const busyPause = 10 * time.Millisecond

func (t Timing) withDefaults() Timing {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&t.P2, 50 * time.Millisecond},
		{&t.P2Star, 5 * time.Second},
		{&t.S3Client, 2 * time.Second},
		{&t.DeltaP2, 10 * time.Millisecond},
		{&t.MaxPendingTime, 10 * time.Minute},
	} {
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
	return t
}

// SessionTiming is how long the client waits in a session: as the server asks, but at least 1 ms and at most 60 s.
type SessionTiming struct{ P2, P2Star time.Duration }

func (t SessionTiming) bounded() SessionTiming {
	t.P2 = min(max(t.P2, shortestP2), longestP2)
	t.P2Star = min(max(t.P2Star, t.P2), longestP2)
	return t
}

// Timing returns P2 and P2* as they are now: the server's wish, once a session was entered by any request.
func (c *Client) Timing() (p2, p2star time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now.P2, c.now.P2Star
}

// ResetTiming returns to the configured P2 and P2*, as a server does when it restarts.
func (c *Client) ResetTiming() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.configured()
}

func (c *Client) configured() SessionTiming {
	return SessionTiming{P2: c.opt.Timing.P2, P2Star: c.opt.Timing.P2Star}
}

// enter takes over the timing that the server asks for in a session.
func (c *Client) enter(session byte, t SessionTiming) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t.bounded()
	c.known[session] = c.now
}

// enterSilently takes over what the server asked for when the session was entered before, since it does not tell now.
func (c *Client) enterSilently(session byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.known[session]
	if !ok {
		t = c.configured()
	}
	c.now = t
}
