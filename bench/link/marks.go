package link

import (
	"fmt"
	"sync"
)

// mark is a byte at which something happens.
type mark struct {
	at    int64 // bytes to go
	total int64
	stall bool
	fired chan struct{}
}

// marks are those that are armed.
type marks struct {
	mu    sync.Mutex
	armed []*mark
}

// CutAt resets the connection that carries the n-th byte to the vehicle, counted over all connections from now on, right
// behind that byte: the vehicle can read n bytes and not one more. With n below 1 it is the connection that has the next
// byte for the vehicle, and the byte does not come. The channel is closed when it has happened.
//
// Bytes are those on the wire: of TLS records, if the connection has TLS. What was handed to another connection and
// waits there to be read counts.
func (l *Link) CutAt(n int64) (fired <-chan struct{}) { return l.marks.arm(n, false) }

// StallAt is as CutAt, but the connection stays and nothing passes on it, in either direction, until the next Shape.
func (l *Link) StallAt(n int64) (fired <-chan struct{}) { return l.marks.arm(n, true) }

func (s *marks) arm(n int64, stall bool) <-chan struct{} {
	m := &mark{at: max(n, 0), total: n, stall: stall, fired: make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.armed = append(s.armed, m)
	return m.fired
}

// take counts up to n bytes that are about to be delivered, and returns how many may be before the mark is hit. One mark
// is hit at a time; others at the same byte follow with the next bytes.
func (s *marks) take(n int) (take int, hit *mark) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := -1
	for i, m := range s.armed {
		if m.at <= int64(n) && (first < 0 || m.at < s.armed[first].at) {
			first = i
		}
	}
	if first >= 0 {
		hit = s.armed[first]
		n = int(hit.at)
		s.armed = append(s.armed[:first:first], s.armed[first+1:]...)
	}
	for _, m := range s.armed {
		m.at -= int64(n)
	}
	if hit != nil {
		hit.at = 0
	}
	return n, hit
}

// refund takes back n bytes that could not be delivered.
func (s *marks) refund(n int, hit *mark) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if hit != nil {
		s.armed = append(s.armed, hit)
	}
	for _, m := range s.armed {
		m.at += int64(n)
	}
}

// strike does what the mark is for.
func (m *mark) strike(c *connection) {
	at := fmt.Sprintf("at byte %d", m.total)
	if m.stall {
		c.gate.shut(true)
		c.link.note(Event{Kind: Stopped, Conn: c.id, Detail: at})
	} else {
		settle(c.vehicle)
		c.reset("cut " + at)
	}
	close(m.fired)
}
