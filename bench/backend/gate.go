package backend

import (
	"net"
	"sync"
)

// gate lets connections in, and ends them all when the backend goes down.
type gate struct {
	mu    sync.Mutex
	down  bool
	conns map[*gatedConn]struct{}
}

// admit lets a connection in, or returns nil while the backend is down.
func (g *gate) admit(c net.Conn) net.Conn {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.down {
		return nil
	}
	if g.conns == nil {
		g.conns = make(map[*gatedConn]struct{})
	}
	gated := &gatedConn{c, g}
	g.conns[gated] = struct{}{}
	return gated
}

func (g *gate) set(down bool) {
	g.mu.Lock()
	g.down = down
	var ended []*gatedConn
	for c := range g.conns {
		if down {
			ended = append(ended, c)
		}
	}
	g.mu.Unlock()
	for _, c := range ended {
		c.Close()
	}
}

func (g *gate) forget(c *gatedConn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.conns, c)
}

type gatedListener struct {
	net.Listener
	gate *gate
}

// Accept ends at once what arrives while the backend is down.
func (l gatedListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if gated := l.gate.admit(c); gated != nil {
			return gated, nil
		}
		c.Close()
	}
}

type gatedConn struct {
	net.Conn
	gate *gate
}

func (c *gatedConn) Close() error {
	c.gate.forget(c)
	return c.Conn.Close()
}
