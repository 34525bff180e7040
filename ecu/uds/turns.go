package uds

import (
	"context"
	"slices"
	"sync"
)

// turns lets one request at a time use the connection, in the order in which they come. A listener has the connection
// while no request wants it, and gives it up at once when one does.
type turns struct {
	mu    sync.Mutex
	taken bool
	queue []chan struct{}    // requests that wait
	idle  chan struct{}      // a listener that waits; nil if none does
	yield context.CancelFunc // tells the listener that has the turn to give it up; nil if none has it
}

// acquire waits for the turn of a request.
func (t *turns) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	granted := t.enqueue()
	select {
	case <-granted:
		return nil
	case <-ctx.Done():
		t.abandon(granted)
		return ctx.Err()
	}
}

func (t *turns) enqueue() chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	granted := make(chan struct{})
	if !t.taken {
		t.taken = true
		close(granted)
		return granted
	}
	t.queue = append(t.queue, granted)
	if t.yield != nil {
		t.yield()
	}
	return granted
}

// abandon gives up waiting, or the turn if it was granted meanwhile.
func (t *turns) abandon(granted chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.Index(t.queue, granted); i >= 0 {
		t.queue = slices.Delete(t.queue, i, i+1)
		return
	}
	t.pass()
}

// release ends a turn, that of a request or of a listener.
func (t *turns) release() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.yield != nil {
		t.yield()
		t.yield = nil
	}
	t.pass()
}

// pass gives the turn to the next one; t.mu is held.
func (t *turns) pass() {
	switch {
	case len(t.queue) > 0:
		close(t.queue[0])
		t.queue = t.queue[1:]
	case t.idle != nil:
		close(t.idle)
		t.idle = nil
	default:
		t.taken = false
	}
}

// listen waits until no request wants the turn, and takes it. The context that it returns is done when one does. There
// is one listener at a time.
func (t *turns) listen(ctx context.Context) (context.Context, error) {
	granted := t.await()
	select {
	case <-granted:
	case <-ctx.Done():
		t.withdraw(granted)
		return nil, ctx.Err()
	}
	listening, yield := context.WithCancel(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.yield = yield
	if len(t.queue) > 0 {
		yield()
	}
	return listening, nil
}

func (t *turns) await() chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	granted := make(chan struct{})
	if t.taken {
		t.idle = granted
		return granted
	}
	t.taken = true
	close(granted)
	return granted
}

// withdraw ends the waiting of a listener, or its turn if it was granted meanwhile.
func (t *turns) withdraw(granted chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.idle == granted {
		t.idle = nil
		return
	}
	t.pass()
}
