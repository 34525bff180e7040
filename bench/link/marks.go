package link

import (
	"fmt"
	"slices"
	"sync"
)

// mark is a byte at which something happens.
type mark struct {
	number int   // in the order of arming
	at     int64 // bytes to go
	total  int64
	stall  bool
	fired  chan struct{}
}

// marks are those that are armed.
type marks struct {
	mu    sync.Mutex
	armed []*mark
	last  int // number of the newest
	gone  int // number of the last that was disarmed
}

// CutAt resets the connection that carries the n-th byte to the vehicle, counted over all connections from now on, right
// behind that byte: the vehicle can read n bytes and not one more. With n below 1 it is the connection that has the next
// byte for the vehicle, and the byte does not come. The channel is closed when it has happened.
//
// Bytes are those on the wire: of TLS records, if the connection has TLS. What was handed to another connection and
// waits there to be read counts; what is just being handed over when CutAt is called, up to 32 KiB to a vehicle that does
// not read, does not.
func (l *Link) CutAt(n int64) (fired <-chan struct{}) { return l.marks.arm(n, false) }

// StallAt is as CutAt, but the connection stays and nothing passes on it, in either direction, until the next Shape.
func (l *Link) StallAt(n int64) (fired <-chan struct{}) { return l.marks.arm(n, true) }

// Disarm forgets what CutAt and StallAt have armed and has not happened yet. Their channels are never closed then.
func (l *Link) Disarm() {
	l.marks.mu.Lock()
	defer l.marks.mu.Unlock()
	l.marks.armed, l.marks.gone = nil, l.marks.last
}

func (s *marks) arm(n int64, stall bool) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	m := &mark{number: s.last, at: max(n, 0), total: n, stall: stall, fired: make(chan struct{})}
	s.armed = append(s.armed, m)
	return m.fired
}

// portion is how much may be delivered, and the mark that is hit then, if one is.
type portion struct {
	size int
	hit  *mark
	last int // number of the newest mark that has counted it
}

// take counts up to n bytes that are about to be delivered, as many as there are before a mark. One mark is hit at a
// time; others at the same byte follow with the next bytes.
func (s *marks) take(n int) portion {
	s.mu.Lock()
	defer s.mu.Unlock()
	part := portion{size: n, last: s.last}
	for _, m := range s.armed {
		if m.at <= int64(part.size) && (part.hit == nil || m.at < part.hit.at) {
			part.hit, part.size = m, int(m.at)
		}
	}
	s.armed = slices.DeleteFunc(s.armed, func(m *mark) bool { return m == part.hit })
	s.count(part, part.size)
	return part
}

// refund takes back n bytes of a portion that could not be delivered, and its mark.
func (s *marks) refund(part portion, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if part.hit != nil && part.hit.number > s.gone {
		part.hit.at = 0
		s.armed = append(s.armed, part.hit)
	}
	s.count(part, -n)
}

// count lets n bytes pass all marks that were armed when the portion was taken. s.mu is held.
func (s *marks) count(part portion, n int) {
	for _, m := range s.armed {
		if m.number <= part.last {
			m.at -= int64(n)
		}
	}
}

// strike does what the mark is for.
func (m *mark) strike(c *connection) {
	at := fmt.Sprintf("at byte %d", m.total)
	if m.stall {
		c.gate.shut(true)
		c.link.note(Event{Kind: Stopped, Conn: c.id, Detail: at})
	} else {
		settle(c)
		c.reset("cut " + at)
	}
	close(m.fired)
}
