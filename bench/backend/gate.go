package backend

import (
	"net"
	"sync"
)

// gate lets connections in, and ends them all when the backend goes down. They end without a word to the other side, so
// that nothing waits for it.
type gate struct {
	mu    sync.Mutex
	down  bool
	conns map[*gatedConn]struct{}
}

// admit lets a connection in, or returns nil while the backend is down or when the listener has ended.
func (g *gate) admit(c net.Conn, by *gatedListener) net.Conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.down || by.ended {
		return nil
	}
	if g.conns == nil {
		g.conns = make(map[*gatedConn]struct{})
	}
	gated := &gatedConn{c, by}
	g.conns[gated] = struct{}{}
	return gated
}

func (g *gate) set(down bool) {
	g.mu.Lock()
	g.down = down
	g.mu.Unlock()
	if down {
		g.end(func(*gatedConn) bool { return true })
	}
}

// end ends the connections that are meant.
func (g *gate) end(meant func(*gatedConn) bool) {
	for _, c := range g.find(meant) {
		c.Close()
	}
}

func (g *gate) find(meant func(*gatedConn) bool) []*gatedConn {
	g.mu.Lock()
	defer g.mu.Unlock()
	var found []*gatedConn
	for c := range g.conns {
		if meant(c) {
			found = append(found, c)
		}
	}
	return found
}

func (g *gate) forget(c *gatedConn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.conns, c)
}

type gatedListener struct {
	net.Listener
	gate  *gate
	ended bool // guarded by gate.mu
}

// Accept ends at once what arrives while the backend is down.
func (l *gatedListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if gated := l.gate.admit(c, l); gated != nil {
			return gated, nil
		}
		c.Close()
	}
}

// end closes the listener and ends its connections.
func (l *gatedListener) end() {
	l.gate.mu.Lock()
	l.ended = true
	l.gate.mu.Unlock()
	l.Close()
	l.gate.end(func(c *gatedConn) bool { return c.by == l })
}

type gatedConn struct {
	net.Conn
	by *gatedListener
}

func (c *gatedConn) Close() error {
	c.by.gate.forget(c)
	return c.Conn.Close()
}
