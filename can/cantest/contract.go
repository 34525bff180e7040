package cantest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"otabench/can"
)

func (p pair) keepsOrder() {
	const count = 200
	sub := p.b.Subscribe(count)
	before := time.Now()
	var sending sync.WaitGroup
	defer sending.Wait()
	sending.Go(func() {
		for i := range count {
			if err := p.a.Send(p.Context(), can.New(0x100, byte(i))); err != nil {
				p.Errorf("Send: %v", err)
			}
		}
	})
	for i := range count {
		r := p.wantFrame(sub, can.New(0x100, byte(i)), false)
		if r.Time.Before(before) || r.Time.After(time.Now()) {
			p.Errorf("frame %d: time %v is not between the last frame's %v and now", i, r.Time, before)
		}
		before = r.Time
	}
}

// sendsBursts offers more frames than a bus may take at once, until all are sent.
func (p pair) sendsBursts() {
	frames := make([]can.Frame, 200)
	for i := range frames {
		frames[i] = can.New(0x100, byte(i))
	}
	sub := p.b.Subscribe(len(frames))
	var sending sync.WaitGroup
	defer sending.Wait()
	sending.Go(func() {
		for left := frames; len(left) > 0; {
			n, err := can.SendBurst(p.Context(), p.a, left)
			if err != nil || n < 1 || n > len(left) {
				p.Errorf("SendBurst of %d frames: %d, %v", len(left), n, err)
				return
			}
			left = left[n:]
		}
	})
	for _, f := range frames {
		p.wantFrame(sub, f, false)
	}
}

func (p pair) burstEndsBeforeInvalidFrame() {
	sub := p.b.Subscribe(0)
	invalid := can.New(can.MaxStandardID + 1)
	frames := []can.Frame{can.New(1), invalid}
	if n, err := can.SendBurst(p.Context(), p.a, frames); n != 1 || err != nil {
		p.Errorf("SendBurst: %d, %v; want the frame before the invalid one to be sent", n, err)
	}
	if n, err := can.SendBurst(p.Context(), p.a, frames[1:]); n != 0 || !errors.Is(err, can.ErrInvalid) {
		p.Errorf("SendBurst of an invalid frame: %d, %v; want an error that wraps ErrInvalid", n, err)
	}
	p.wantFrame(sub, can.New(1), false)
}

func (p pair) flagsOwnFrames() {
	subA, subB := p.a.Subscribe(0), p.b.Subscribe(0)
	p.send(p.a, can.New(1, 0xA))
	p.wantFrame(subA, can.New(1, 0xA), true)
	p.wantFrame(subB, can.New(1, 0xA), false)
	p.send(p.b, can.New(2, 0xB))
	p.wantFrame(subA, can.New(2, 0xB), false)
	p.wantFrame(subB, can.New(2, 0xB), true)
}

func (p pair) filters() {
	extended := can.New(0x123, 2)
	extended.Flags = can.Extended
	all := p.b.Subscribe(0)
	one := p.b.Subscribe(0, can.Exactly(0x123, false))
	ext := p.b.Subscribe(0, can.Exactly(0x123, true))
	group := p.b.Subscribe(0, can.Filter{ID: 0x120, Mask: 0x7F0}, can.Exactly(0x7FF, false))
	p.send(p.a, can.New(0x123, 1), extended, can.New(0x12F, 3), can.New(0x7FF, 4), can.New(0x130, 5))
	want := map[*can.Subscription][]can.Frame{
		all:   {can.New(0x123, 1), extended, can.New(0x12F, 3), can.New(0x7FF, 4), can.New(0x130, 5)},
		one:   {can.New(0x123, 1)},
		ext:   {extended},
		group: {can.New(0x123, 1), can.New(0x12F, 3), can.New(0x7FF, 4)},
	}
	for _, f := range want[all] {
		p.wantFrame(all, f, false)
	}
	for _, sub := range []*can.Subscription{one, ext, group} {
		for _, f := range want[sub] {
			p.wantFrame(sub, f, false)
		}
		sub.Cancel()
		p.wantEnd(sub)
	}
}

func (p pair) tapsBeforeSubscriptions() {
	sub := p.b.Subscribe(0)
	queued := make(chan int, 2)
	cancel := p.b.Tap(func(can.Received) { queued <- len(sub.C()) })
	for i := range 2 {
		p.send(p.a, can.New(0x10, byte(i)))
		p.wantFrame(sub, can.New(0x10, byte(i)), false)
		if n := <-queued; n != 0 {
			p.Errorf("frame %d was queued before the tap saw it", i)
		}
	}
	cancel()
	p.send(p.a, can.New(0x10, 2))
	p.wantFrame(sub, can.New(0x10, 2), false)
	if len(queued) != 0 {
		p.Error("the tap was called after its cancel")
	}
}

func (p pair) handles() {
	const count = 2000 // more than any queue holds
	var tapped, handled atomic.Int64
	cancelTap := p.b.Tap(func(can.Received) { tapped.Add(1) })
	all := make(chan struct{})
	sub := p.b.Handle(func(r can.Received) {
		if n := handled.Add(1); n != tapped.Load() {
			p.Errorf("frame %v was handled as number %d, and the tap saw %d", r.Frame, n, tapped.Load())
		}
		if handled.Load() == count {
			close(all)
		}
	}, can.Exactly(0x100, false))
	for i := range count {
		p.send(p.a, can.New(0x100, byte(i)))
	}
	select {
	case <-all:
	case <-time.After(patience):
		p.Fatalf("%d of %d frames were handled", handled.Load(), count)
	}
	cancelTap()
	sub.Cancel()
	p.wantEnd(sub)
	other := p.b.Subscribe(0)
	p.send(p.a, can.New(0x100, 1, 2))
	p.wantFrame(other, can.New(0x100, 1, 2), false)
	if n := handled.Load(); n != count || sub.Lost() != 0 {
		p.Errorf("%d frames were handled and %d lost, want %d and 0", n, sub.Lost(), count)
	}
	late := p.b.Handle(func(can.Received) {})
	_ = p.b.Close()
	p.wantEnd(late)
}

func (p pair) tapCancelsItself() {
	sub := p.b.Subscribe(0)
	var cancel func()
	calls := make(chan can.Frame, 2)
	ready := make(chan struct{})
	cancel = p.b.Tap(func(r can.Received) {
		<-ready
		cancel()
		calls <- r.Frame
	})
	close(ready)
	p.send(p.a, can.New(1), can.New(2))
	p.wantFrame(sub, can.New(1), false)
	p.wantFrame(sub, can.New(2), false)
	if len(calls) != 1 {
		p.Errorf("the tap was called %d times, want once", len(calls))
	}
}

func (p pair) endsCancelledSubscription() {
	sub, other := p.b.Subscribe(0), p.b.Subscribe(0)
	sub.Cancel()
	sub.Cancel()
	p.send(p.a, can.New(1))
	p.wantFrame(other, can.New(1), false)
	p.wantEnd(sub)
}

func (p pair) countsOverflow() {
	small := p.b.Subscribe(1, can.Exactly(0x100, false))
	all := p.b.Subscribe(0)
	p.send(p.a, can.New(0x100, 1), can.New(0x100, 2), can.New(0x100, 3), can.New(0x101))
	for _, f := range []can.Frame{can.New(0x100, 1), can.New(0x100, 2), can.New(0x100, 3), can.New(0x101)} {
		p.wantFrame(all, f, false)
	}
	p.wantFrame(small, can.New(0x100, 1), false)
	if small.Lost() != 2 || all.Lost() != 0 {
		p.Errorf("lost %d and %d frames, want 2 and 0", small.Lost(), all.Lost())
	}
}

func (p pair) refusesInvalidFrame() {
	if err := p.a.Send(p.Context(), can.New(can.MaxStandardID+1)); !errors.Is(err, can.ErrInvalid) {
		p.Errorf("got %v, want an error that wraps ErrInvalid", err)
	}
}

func (p pair) sendEndsWithContext() {
	ctx, cancel := context.WithCancel(p.Context())
	cancel()
	if err := p.a.Send(ctx, can.New(1)); !errors.Is(err, context.Canceled) {
		p.Errorf("got %v, want the context's error", err)
	}
}

func (p pair) closeEndsEverything() {
	sub := p.a.Subscribe(1)
	var sending sync.WaitGroup
	for range 3 {
		sending.Go(func() {
			var err error
			for err == nil {
				err = p.a.Send(p.Context(), can.New(1))
			}
			if !errors.Is(err, can.ErrClosed) {
				p.Errorf("pending Send: got %v, want ErrClosed", err)
			}
		})
	}
	if _, ok := p.next(sub); !ok {
		p.Fatal("the subscription ended before Close")
	}
	if err := p.a.Close(); err != nil {
		p.Errorf("Close: %v", err)
	}
	sending.Wait()
	for range sub.C() { // what was queued may still be read
	}
	p.wantEnd(p.a.Subscribe(0))
	if err := p.a.Send(p.Context(), can.New(1)); !errors.Is(err, can.ErrClosed) {
		p.Errorf("Send after Close: got %v, want ErrClosed", err)
	}
	if err := p.a.Close(); err != nil {
		p.Errorf("second Close: %v", err)
	}
}

func (p pair) reportsState() {
	if s := p.a.State(); s != can.ErrorActive {
		p.Errorf("state is %v, want error-active", s)
	}
	if err := p.a.Close(); err != nil {
		p.Errorf("Close: %v", err)
	}
	if s := p.a.State(); s != can.Stopped {
		p.Errorf("state after Close is %v, want stopped", s)
	}
}
