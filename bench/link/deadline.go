package link

import (
	"sync"
	"time"
)

// deadline is that of the reads or the writes of a connection.
type deadline struct {
	mu    sync.Mutex
	timer *time.Timer
	over  chan struct{} // closed when it has passed
}

func newDeadline() *deadline { return &deadline{over: make(chan struct{})} }

// expired is closed when the deadline has passed, whichever is set by then. Once it has, a new deadline has a new channel.
func (d *deadline) expired() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.over
}

// set exchanges the deadline, also for calls that wait already. The zero time is none.
func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil && !d.timer.Stop() {
		<-d.over // the timer's function runs, and closes it without the mutex
	}
	d.timer = nil
	select {
	case <-d.over:
		d.over = make(chan struct{})
	default:
	}
	switch until := time.Until(t); {
	case t.IsZero():
	case until <= 0:
		close(d.over)
	default:
		over := d.over
		d.timer = time.AfterFunc(until, func() { close(over) })
	}
}
