package bench

import (
	"context"
	"sync"
)

// disturbances are what actions of triggers have begun and what goes on beside the receive path: a dip, a silence, a
// frame that is to be lost. They end by themselves, or with the triggers.
type disturbances struct {
	mu      sync.Mutex
	closed  bool
	running map[*disturbance]bool
}

// disturbance is one of them.
type disturbance struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// end ends d and returns when it has ended.
func (d *disturbance) end() {
	d.cancel()
	<-d.done
}

// begin runs f beside its caller until it returns. f has to return soon once its context has ended.
func (all *disturbances) begin(f func(context.Context)) (*disturbance, error) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.closed {
		return nil, errClosed
	}
	ctx, cancel := context.WithCancel(context.Background())
	d := &disturbance{cancel: cancel, done: make(chan struct{})}
	if all.running == nil {
		all.running = map[*disturbance]bool{}
	}
	all.running[d] = true
	go func() {
		defer close(d.done)
		defer cancel()
		f(ctx)
		all.mu.Lock()
		defer all.mu.Unlock()
		delete(all.running, d)
	}()
	return d, nil
}

// end ends all disturbances, and no other begins if that is for good.
func (all *disturbances) end(forGood bool) {
	all.mu.Lock()
	all.closed = all.closed || forGood
	var running []*disturbance
	for d := range all.running {
		running = append(running, d)
	}
	all.mu.Unlock()
	for _, d := range running {
		d.end()
	}
}
