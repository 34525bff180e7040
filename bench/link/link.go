package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Options of a link.
type Options struct {
	// Upstream connects to the backend, until its context ends. It is required.
	Upstream func(ctx context.Context) (net.Conn, error)
	// Observe is told what happens, or nil. It is called from several goroutines, must return soon, and must not call the
	// link's Shape, Roam and Close.
	Observe func(Event)
	// Seed decides which segments get lost and how late the others are.
	Seed uint64
}

// Link is a connection between a vehicle and its backend. Its methods may be called from several goroutines.
type Link struct {
	upstream func(context.Context) (net.Conn, error)
	observe  func(Event)
	seed     uint64
	marks    marks
	ctx      context.Context // ends with Close
	cancel   context.CancelFunc
	running  sync.WaitGroup
	places   chan struct{} // holds one for each connection, also those that are being made

	mu      sync.Mutex
	profile Profile
	changed chan struct{} // closed with the next change of the profile
	epoch   int           // of the network: connections do not outlive it
	conns   map[*connection]struct{}
	last    int // number of a connection
	count   Count
	portal  *portal
	closed  bool
}

// New returns a link that lets everything pass at once.
func New(o Options) *Link {
	l := &Link{
		upstream: o.Upstream, observe: o.Observe, seed: o.Seed,
		changed: make(chan struct{}), conns: map[*connection]struct{}{}, places: make(chan struct{}, maxConnections),
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l
}

// Shape gives the link another profile. When it returns, that applies to all connections and to what is under way on
// them: a segment has the new latency from when it was sent, and the new rate unless it has left the link. It fails
// with an error that wraps ErrProfile, or net.ErrClosed, and changes nothing then.
func (l *Link) Shape(p Profile) error { return l.change(p, false) }

// Roam takes the vehicle into another network, with another address: all connections are reset, then it is as Shape.
func (l *Link) Roam(p Profile) error { return l.change(p, true) }

// Profile is the present one.
func (l *Link) Profile() Profile {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.profile
}

// Count says what the link has done until now.
func (l *Link) Count() Count {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
}

func (l *Link) change(p Profile, roam bool) error {
	if err := p.Check(); err != nil {
		return err
	}
	why, conns, err := l.exchange(p, roam)
	if err != nil {
		return err
	}
	if why != "" {
		for _, c := range conns {
			c.reset(why)
		}
	}
	detail := p.Detail()
	if roam {
		detail = "another network: " + detail
	}
	l.note(Event{Kind: Shaped, Detail: detail})
	for _, c := range conns {
		c.refit()
	}
	return nil
}

// exchange puts the profile in place and returns the connections there are, and why they have to go if they have to.
func (l *Link) exchange(p Profile, roam bool) (why string, conns []*connection, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return "", nil, fmt.Errorf("shape link as %v: %w", p, net.ErrClosed)
	}
	switch {
	case roam:
		why = "another network"
	case p.Off:
		why = "no network"
	case p.Portal != l.profile.Portal:
		why = "captive portal"
	}
	if why != "" {
		l.epoch++
	}
	l.profile = p
	close(l.changed)
	l.changed = make(chan struct{})
	for c := range l.conns {
		conns = append(conns, c)
		if p.Stall {
			c.gate.shut(true)
		}
	}
	return why, conns, nil
}

// release lets a connection go on unless the link stalls. It comes after the new toxics, or bytes would slip past them.
func (l *Link) release(c *connection) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.profile.Stall {
		c.gate.shut(false)
	}
}

// Close resets all connections, ends Serve, and returns when nothing of the link runs any more.
func (l *Link) Close() error {
	l.mu.Lock()
	l.closed = true
	portal := l.portal
	conns := make([]*connection, 0, len(l.conns))
	for c := range l.conns {
		conns = append(conns, c)
	}
	l.mu.Unlock()
	l.cancel()
	for _, c := range conns {
		c.reset("link closed")
	}
	var err error
	if portal != nil {
		err = portal.close()
	}
	l.running.Wait()
	return err
}

// begin counts a goroutine or a call that Close waits for. It fails with net.ErrClosed after Close.
func (l *Link) begin() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return net.ErrClosed
	}
	l.running.Add(1)
	return nil
}

// delivered counts bytes.
func (l *Link) delivered(up bool, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if up {
		l.count.Up += int64(n)
	} else {
		l.count.Down += int64(n)
	}
}

// note counts an event and tells the observer.
func (l *Link) note(e Event) {
	e.At = time.Now()
	l.mu.Lock()
	e.Profile = l.profile
	switch e.Kind {
	case Dialled:
		l.count.Dials++
	case Accepted:
		l.count.Accepted++
	case Refused:
		l.count.Refused++
	case Reset:
		l.count.Resets++
	}
	l.mu.Unlock()
	if l.observe != nil {
		l.observe(e)
	}
}

// errMoved is why a connection fails whose network went while it was made.
var errMoved = errors.New("the network changed meanwhile")

// add starts a connection, which has a place, unless the network is not that of epoch any more.
func (l *Link) add(epoch int, vehicle, backend net.Conn) error {
	l.mu.Lock()
	switch {
	case l.closed:
		l.mu.Unlock()
		return net.ErrClosed
	case epoch != l.epoch:
		l.mu.Unlock()
		return errMoved
	}
	l.last++
	c := newConnection(l, l.last, vehicle, backend)
	c.gate.shut(l.profile.Stall)
	l.conns[c] = struct{}{}
	l.running.Add(1)
	l.mu.Unlock()
	l.note(Event{Kind: Accepted, Conn: c.id})
	go l.carry(c)
	return nil
}

// carry runs a connection and forgets it.
func (l *Link) carry(c *connection) {
	defer l.running.Done()
	c.run()
	l.mu.Lock()
	delete(l.conns, c)
	l.mu.Unlock()
	<-l.places
}
