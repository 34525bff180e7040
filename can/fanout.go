package can

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Subscription is a queue of received frames, or a function that takes them.
type Subscription struct {
	c       chan Received
	handle  func(Received) // nil for a queue
	filters []Filter
	lost    atomic.Uint64
	from    *Fanout
}

// C delivers the frames, none if a function takes them. It is closed when the subscription is cancelled or its bus closes.
func (s *Subscription) C() <-chan Received { return s.c }

// Lost counts the frames that found the queue full. A receiver that must see every frame fails when it is not zero.
func (s *Subscription) Lost() uint64 { return s.lost.Load() }

// Cancel ends the subscription and closes its channel. A function is not called any more once Cancel has returned.
func (s *Subscription) Cancel() { s.from.cancel(s) }

func (s *Subscription) wants(f Frame) bool {
	if len(s.filters) == 0 {
		return true
	}
	return slices.ContainsFunc(s.filters, func(flt Filter) bool { return flt.Match(f) })
}

const defaultDepth = 256

// Fanout hands the frames of one receive path to taps and subscriptions. Every Bus in this module embeds one.
// The zero value is ready for use.
type Fanout struct {
	mu     sync.Mutex // held while the lists change and while subscriptions are served, never while a tap runs
	taps   atomic.Pointer[[]*tap]
	subs   []*Subscription
	closed bool
}

type tap struct {
	f    func(Received)
	gone atomic.Bool
}

// Deliver runs every tap and then serves every subscription. It must be called by one goroutine at a time; it never blocks.
func (o *Fanout) Deliver(r Received) {
	if taps := o.taps.Load(); taps != nil {
		for _, t := range *taps {
			if !t.gone.Load() {
				t.f(r)
			}
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.subs {
		if s.wants(r.Frame) {
			s.take(r)
		}
	}
}

func (s *Subscription) take(r Received) {
	if s.handle != nil {
		s.handle(r)
		return
	}
	select {
	case s.c <- r:
	default:
		s.lost.Add(1)
	}
}

// Subscribe implements Bus.
func (o *Fanout) Subscribe(depth int, filters ...Filter) *Subscription {
	if depth <= 0 {
		depth = defaultDepth
	}
	return o.add(&Subscription{c: make(chan Received, depth), filters: filters, from: o})
}

// Handle implements Bus.
func (o *Fanout) Handle(f func(Received), filters ...Filter) *Subscription {
	return o.add(&Subscription{c: make(chan Received), handle: f, filters: filters, from: o})
}

func (o *Fanout) add(s *Subscription) *Subscription {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		close(s.c)
		return s
	}
	o.subs = append(o.subs, s)
	return s
}

// Tap implements Bus.
func (o *Fanout) Tap(f func(Received)) (cancel func()) {
	t := &tap{f: f}
	o.changeTaps(func(taps []*tap) []*tap { return append(taps, t) })
	return func() {
		t.gone.Store(true)
		o.changeTaps(func(taps []*tap) []*tap {
			return slices.DeleteFunc(taps, func(other *tap) bool { return other == t })
		})
	}
}

// changeTaps replaces the list, so that a Deliver that is under way keeps the one it has.
func (o *Fanout) changeTaps(change func([]*tap) []*tap) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return
	}
	var taps []*tap
	if old := o.taps.Load(); old != nil {
		taps = slices.Clone(*old)
	}
	taps = change(taps)
	o.taps.Store(&taps)
}

func (o *Fanout) cancel(s *Subscription) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if i := slices.Index(o.subs, s); i >= 0 {
		o.subs = slices.Delete(o.subs, i, i+1)
		close(s.c)
	}
}

// CloseAll ends all subscriptions and taps, now and later.
func (o *Fanout) CloseAll() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.taps.Store(nil)
	for _, s := range o.subs {
		close(s.c)
	}
	o.subs = nil
}
