package link

import "sync"

// gate lets writers pass, or wait until it opens.
type gate struct {
	mu   sync.Mutex
	wait chan struct{} // closed when the gate opens; nil if it is open
}

func (g *gate) shut(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case on && g.wait == nil:
		g.wait = make(chan struct{})
	case !on && g.wait != nil:
		close(g.wait)
		g.wait = nil
	}
}

// pass returns when the gate is open, or false when done is closed.
func (g *gate) pass(done <-chan struct{}) bool {
	for {
		g.mu.Lock()
		wait := g.wait
		g.mu.Unlock()
		select {
		case <-done:
			return false
		default:
		}
		if wait == nil {
			return true
		}
		select {
		case <-wait:
		case <-done:
			return false
		}
	}
}
