package isotptest

import (
	"bytes"
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can/isotp"
)

// patience bounds every wait, so that a broken connection fails its test instead of hanging it.
const patience = 60 * time.Second

// Open opens both ends of a connection on a wire that carries nothing else. They are closed by the tests.
type Open func(t *testing.T, a, b isotp.Config) (isotp.Conn, isotp.Conn)

// Limits are what an implementation cannot do.
type Limits struct {
	// Longest is the longest message in bytes; 0 for no limit that the tests reach.
	Longest int
	// Classic says that it has no FD frames.
	Classic bool
	// Unblocked says that no blocks are to be asked for, because a sender is not ready for an answer that comes faster than
	// a wire brings it.
	Unblocked bool
	// Virtual says that it lives in one process, so that the tests run in virtual time (testing/synctest).
	Virtual bool
}

// TestConn runs the contract.
func TestConn(t *testing.T, limits Limits, open Open) {
	t.Helper()
	for _, c := range Variants() {
		if c.A.FD && limits.Classic {
			continue
		}
		if limits.Unblocked {
			c.A.BlockSize, c.B.BlockSize = 0, 0
		}
		limits.run(t, c.Name, func(t *testing.T) {
			p := connect(t, open, c.A, c.B)
			longest := limits.longest(c)
			for _, n := range Sizes {
				if n <= longest {
					p.exchange(n)
				}
			}
		})
	}
	for name, test := range map[string]func(pair){
		"both ways at once":   pair.crossing,
		"silence":             pair.silence,
		"contexts":            pair.contexts,
		"nobody answers":      pair.alone,
		"close":               pair.closing,
		"messages are queued": pair.queued,
	} {
		limits.run(t, name, func(t *testing.T) {
			a := isotp.Address{Tx: 0x7E0, Rx: 0x7E8}
			test(connect(t, open, isotp.Config{Address: a}, isotp.Config{Address: a.Reversed()}))
		})
	}
}

// longest bounds the messages of a variant. In real time, thousands of gaps take their time where the machine is busy.
func (l Limits) longest(v Variant) int {
	const manyGaps = 4096
	switch {
	case !l.Virtual && v.A.STmin+v.B.STmin > 0:
		return manyGaps
	case l.Longest > 0:
		return l.Longest
	}
	return math.MaxInt
}

func (l Limits) run(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		if l.Virtual {
			synctest.Test(t, test)
			return
		}
		test(t)
	})
}

// Sizes are lengths of messages in bytes, at and around every border of the protocol.
var Sizes = []int{1, 5, 6, 7, 8, 9, 13, 61, 62, 63, 64, 65, 100, 4094, 4095, 4096, 8000, 65_536}

// Message is a message of n bytes in which a lost or doubled frame shows.
func Message(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}

// pair is a connection and the test that it is in.
type pair struct {
	*testing.T
	a, b isotp.Conn
}

func connect(t *testing.T, open Open, a, b isotp.Config) pair {
	t.Helper()
	a.MaxMessage, b.MaxMessage = 1<<20, 1<<20
	p := pair{T: t}
	p.a, p.b = open(t, a, b)
	t.Cleanup(func() {
		if err := errors.Join(p.a.Close(), p.b.Close()); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return p
}

// exchange sends n bytes from a to b and back.
func (p pair) exchange(n int) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), patience)
	defer cancel()
	want := Message(n)
	for _, way := range []struct{ from, to isotp.Conn }{{p.a, p.b}, {p.b, p.a}} {
		sent := make(chan error, 1)
		go func() { sent <- way.from.Send(ctx, want) }()
		p.receive(way.to, want)
		if err := <-sent; err != nil {
			p.Errorf("%d bytes: %v", n, err)
		}
		if p.Failed() {
			p.FailNow()
		}
	}
}

func (p pair) receive(c isotp.Conn, want []byte) {
	p.Helper()
	m, err := c.Receive(p.Context(), patience)
	if err != nil {
		p.Errorf("%d bytes: %v", len(want), err)
		return
	}
	if !bytes.Equal(m.Data, want) {
		p.Errorf("received %d bytes, which are not the %d sent", len(m.Data), len(want))
	}
	if m.First.After(m.Last) || m.Last.After(time.Now()) {
		p.Errorf("%d bytes took from %v to %v", len(want), m.First, m.Last)
	}
}

func (p pair) crossing() {
	const n = 3000
	sent := make(chan error, 2)
	for _, c := range []isotp.Conn{p.a, p.b} {
		go func() { sent <- c.Send(p.Context(), Message(n)) }()
	}
	p.receive(p.b, Message(n))
	p.receive(p.a, Message(n))
	for range 2 {
		if err := <-sent; err != nil {
			p.Error(err)
		}
	}
}

func (p pair) silence() {
	start := time.Now()
	_, err := p.b.Receive(p.Context(), 30*time.Millisecond)
	if !errors.Is(err, isotp.ErrNoMessage) || time.Since(start) < 30*time.Millisecond {
		p.Errorf("after %v: %v", time.Since(start), err)
	}
}

func (p pair) contexts() {
	ctx, cancel := context.WithTimeout(p.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := p.b.Receive(ctx, 0); !errors.Is(err, context.DeadlineExceeded) {
		p.Errorf("Receive: %v", err)
	}
	if err := p.a.Send(ctx, Message(5)); !errors.Is(err, context.DeadlineExceeded) {
		p.Errorf("Send: %v", err)
	}
	p.exchange(100)
}

func (p pair) alone() {
	if err := p.b.Close(); err != nil {
		p.Fatal(err)
	}
	if err := p.a.Send(p.Context(), Message(100)); !errors.Is(err, isotp.ErrTimeoutBs) {
		p.Errorf("nobody sends flow control: %v", err)
	}
	if err := p.b.Send(p.Context(), Message(5)); !errors.Is(err, isotp.ErrClosed) {
		p.Errorf("Send after Close: %v", err)
	}
	if _, err := p.b.Receive(p.Context(), 0); !errors.Is(err, isotp.ErrClosed) {
		p.Errorf("Receive after Close: %v", err)
	}
}

func (p pair) closing() {
	received := make(chan error, 1)
	go func() {
		_, err := p.b.Receive(p.Context(), 0)
		received <- err
	}()
	time.Sleep(5 * time.Millisecond) // for the more interesting order of the two
	if err := p.b.Close(); err != nil {
		p.Errorf("Close: %v", err)
	}
	if err := <-received; !errors.Is(err, isotp.ErrClosed) {
		p.Errorf("Receive during Close: %v", err)
	}
	if err := p.b.Close(); err != nil {
		p.Errorf("second Close: %v", err)
	}
}

func (p pair) queued() {
	for n := 1; n <= 5; n++ {
		if err := p.a.Send(p.Context(), Message(n)); err != nil {
			p.Fatal(err)
		}
	}
	for n := 1; n <= 3; n++ {
		p.receive(p.b, Message(n))
	}
	p.exchangeMark()
	if n := p.b.Drain(); n != 2 {
		p.Errorf("%d messages drained, want 2", n)
	}
	p.exchange(6)
}

// exchangeMark sends a message the other way, after which everything before has arrived.
func (p pair) exchangeMark() {
	if err := p.b.Send(p.Context(), Message(1)); err != nil {
		p.Fatal(err)
	}
	p.receive(p.a, Message(1))
}
