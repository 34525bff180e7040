package cantest

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
)

// patience bounds every wait, so that a broken bus fails its test instead of hanging it.
const patience = 10 * time.Second

// TestBus runs the contract on the wall clock. open attaches two nodes to a wire that carries nothing else; both are
// closed at the end of each test.
func TestBus(t *testing.T, open func(t *testing.T) (a, b can.Bus)) {
	t.Helper()
	for _, test := range contract {
		t.Run(test.name, func(t *testing.T) { test.run(newPair(t, open)) })
	}
}

// TestBusInBubble runs the contract in virtual time: open and each test run inside a [synctest] bubble of their own, so
// it also finds goroutines that Close leaves behind.
func TestBusInBubble(t *testing.T, open func(t *testing.T) (a, b can.Bus)) {
	t.Helper()
	for _, test := range contract {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test.run(newPair(t, open)) })
		})
	}
}

var contract = []struct {
	name string
	run  func(p pair)
}{
	{"order and time", pair.keepsOrder},
	{"bursts", pair.sendsBursts},
	{"bursts with an invalid frame", pair.burstEndsBeforeInvalidFrame},
	{"own frames", pair.flagsOwnFrames},
	{"filters", pair.filters},
	{"taps come first", pair.tapsBeforeSubscriptions},
	{"functions take all", pair.handles},
	{"tap cancels itself", pair.tapCancelsItself},
	{"subscription cancelled", pair.endsCancelledSubscription},
	{"overflow", pair.countsOverflow},
	{"invalid frame", pair.refusesInvalidFrame},
	{"context", pair.sendEndsWithContext},
	{"close", pair.closeEndsEverything},
	{"state", pair.reportsState},
}

// pair is two attached nodes and the test they are in.
type pair struct {
	*testing.T
	a, b can.Bus
}

func newPair(t *testing.T, open func(t *testing.T) (a, b can.Bus)) pair {
	t.Helper()
	p := pair{T: t}
	p.a, p.b = open(t)
	t.Cleanup(func() {
		if err := errors.Join(p.a.Close(), p.b.Close()); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return p
}

func (p pair) send(from can.Bus, frames ...can.Frame) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), patience)
	defer cancel()
	for _, f := range frames {
		if err := from.Send(ctx, f); err != nil {
			p.Fatalf("%v: Send %v: %v", from, f, err)
		}
	}
}

// next returns the next frame of sub, or false if sub ended.
func (p pair) next(sub *can.Subscription) (can.Received, bool) {
	p.Helper()
	select {
	case r, ok := <-sub.C():
		return r, ok
	case <-time.After(patience):
		p.Fatal("nothing came from the subscription")
		return can.Received{}, false
	}
}

func (p pair) wantFrame(sub *can.Subscription, want can.Frame, own bool) can.Received {
	p.Helper()
	r, ok := p.next(sub)
	if !ok {
		p.Fatalf("subscription ended; want %v", want)
	}
	if r.Frame != want || r.Own != own {
		p.Fatalf("got %v, own %t; want %v, own %t", r.Frame, r.Own, want, own)
	}
	return r
}

func (p pair) wantEnd(sub *can.Subscription) {
	p.Helper()
	if r, ok := p.next(sub); ok {
		p.Errorf("got %v from a subscription that has to be at its end", r.Frame)
	}
}
