package socketcan

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
	"otabench/can/cantest"
)

// kernel stands for a socket and the interface behind it. What is sent comes back as an own frame, as from a controller.
type kernel struct {
	received chan []message
	sent     chan []byte // unbuffered: the interface takes what a test takes
	refusals chan error  // for the next sends
	failure  chan error  // of the receive path
	closed   chan struct{}
	close    sync.Once
	lost     uint32
}

func newKernel() *kernel {
	return &kernel{
		received: make(chan []message, 1000), sent: make(chan []byte), refusals: make(chan error, 1000),
		failure: make(chan error, 1), closed: make(chan struct{}),
	}
}

func (k *kernel) receive() ([]message, error) {
	select {
	case m := <-k.received:
		return m, nil
	default:
	}
	select {
	case m := <-k.received:
		return m, nil
	case err := <-k.failure:
		return nil, err
	case <-k.closed:
		return nil, os.ErrClosed
	}
}

// send waits until the first frame is taken, and has room for another one while somebody waits for it.
func (k *kernel) send(ctx context.Context, frames [][]byte) (int, error) {
	select {
	case err := <-k.refusals:
		return 0, err
	default:
	}
	select {
	case k.sent <- slices.Clone(frames[0]):
	case <-ctx.Done():
		return 0, os.ErrDeadlineExceeded
	case <-k.closed:
		return 0, os.ErrClosed
	}
	for n, f := range frames[1:] {
		select {
		case k.sent <- slices.Clone(f):
		default:
			return n + 1, nil
		}
	}
	return len(frames), nil
}

func (k *kernel) drops() (uint32, error) { return k.lost, nil }

func (k *kernel) Close() error {
	k.close.Do(func() { close(k.closed) })
	return nil
}

// take is the next frame that the interface gets; its echo follows.
func (k *kernel) take() []byte {
	b := <-k.sent
	k.received <- []message{{data: b, own: true, stamp: time.Now()}}
	return b
}

// deliver is a frame from the interface.
func (k *kernel) deliver(id uint32, data ...byte) {
	k.received <- []message{{data: raw(id, data...), stamp: time.Now()}}
	synctest.Wait()
}

// open runs f with a bus and its kernel, in virtual time.
func open(t *testing.T, f func(t *testing.T, b *Bus, k *kernel)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		k := newKernel()
		b := newBus("can0", k, false)
		defer b.Close()
		f(t, b, k)
	})
}

func raw(id uint32, data ...byte) []byte {
	b := binary.NativeEndian.AppendUint32(nil, id)
	b = append(b, byte(len(data)), 0, 0, 0)
	return append(b, append(data, make([]byte, 8-len(data))...)...)
}

func TestContract(t *testing.T) {
	cantest.TestBusInBubble(t, func(t *testing.T) (can.Bus, can.Bus) {
		ka, kb := newKernel(), newKernel()
		// Each one's frames reach both, through one interface.
		done := make(chan struct{})
		var running sync.WaitGroup
		for _, k := range []struct{ from, to *kernel }{{ka, kb}, {kb, ka}} {
			running.Go(func() {
				for {
					select {
					case b := <-k.from.sent:
						now := time.Now()
						k.to.received <- []message{{data: b, stamp: now}}
						k.from.received <- []message{{data: b, own: true, stamp: now}}
					case <-done:
						return
					}
				}
			})
		}
		t.Cleanup(func() { close(done); running.Wait() })
		return newBus("can0", ka, false), newBus("can0", kb, false)
	})
}

func TestErrorFramesDriveTheState(t *testing.T) {
	passive, warning, active := can.CtrlTxPassive, can.CtrlRxWarning, can.CtrlActive
	steps := []struct {
		frame can.Frame
		want  can.State
	}{
		{errorFrame(can.ClassController, 0, can.CtrlTxWarning), can.ErrorActive},
		{errorFrame(can.ClassController, 0, passive), can.ErrorPassive},
		{errorFrame(can.ClassController, 0, can.CtrlRxOverflow), can.ErrorPassive},
		{errorFrame(can.ClassProtocol|can.ClassBusError, 0, 0, 4, 3), can.ErrorPassive},
		{can.New(0x123), can.ErrorPassive},
		{errorFrame(can.ClassController, 0, warning), can.ErrorActive},
		{errorFrame(can.ClassController, 0, can.CtrlRxPassive|warning), can.ErrorPassive},
		{errorFrame(can.ClassController, 0, active), can.ErrorActive},
		{errorFrame(can.ClassBusOff, 0, passive), can.BusOff},
		{errorFrame(can.ClassNoAck, 0, 0, 0, 0, 0, 1, 128, 12), can.BusOff},
		{errorFrame(can.ClassRestarted), can.ErrorActive},
	}
	open(t, func(t *testing.T, b *Bus, k *kernel) {
		sub, filtered := b.Subscribe(len(steps)), b.Subscribe(len(steps), can.Filter{})
		for i, step := range steps {
			id := step.frame.ID
			if step.frame.Is(can.Error) {
				id |= errorBit
			}
			k.deliver(id, step.frame.Payload()...)
			if got := (<-sub.C()).Frame; got != step.frame {
				t.Errorf("step %d: got %v, want %v", i, got, step.frame)
			}
			if got := b.State(); got != step.want {
				t.Errorf("step %d: state is %v, want %v", i, got, step.want)
			}
		}
		if got := (<-filtered.C()).Frame; got != can.New(0x123) {
			t.Errorf("a filter that takes all data frames let %v through first", got)
		}
	})
}

func TestSendRefuses(t *testing.T) {
	fd := can.New(0x10)
	fd.Flags = can.FD
	tests := map[string]struct {
		ended bool // the context
		frame can.Frame
		state can.State
		want  error
	}{
		"an identifier over 11 bits": {false, can.New(0x800), can.ErrorActive, can.ErrInvalid},
		"an error frame":             {false, errorFrame(can.ClassBusOff), can.ErrorActive, can.ErrInvalid},
		"FD on a classic interface":  {false, fd, can.ErrorActive, can.ErrInvalid},
		"while bus-off":              {false, can.New(1), can.BusOff, can.ErrBusOff},
		"a context that ended":       {true, can.New(1), can.ErrorActive, context.Canceled},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			open(t, func(t *testing.T, b *Bus, _ *kernel) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if test.ended {
					cancel()
				}
				b.state.Store(uint32(test.state))
				if err := b.Send(ctx, test.frame); !errors.Is(err, test.want) {
					t.Errorf("got error %v, want %v", err, test.want)
				}
			})
		})
	}
}

func TestSendEndsWithItsContext(t *testing.T) {
	open(t, func(t *testing.T, b *Bus, k *kernel) {
		short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		start := time.Now()
		// The first holds the socket, the second waits for it.
		results := make(chan error)
		for range 2 {
			go func() { results <- b.Send(short, can.New(1)) }()
		}
		for range 2 {
			if err := <-results; !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got error %v, want %v", err, context.DeadlineExceeded)
			}
		}
		if took := time.Since(start); took != 20*time.Millisecond {
			t.Errorf("took %v, want 20ms", took)
		}
		go k.take()
		if err := b.Send(t.Context(), can.New(2)); err != nil {
			t.Errorf("the bus did not survive: %v", err)
		}
	})
}

func TestFullQueue(t *testing.T) {
	fill := func(k *kernel, n int) {
		for range n {
			k.refusals <- syscall.ENOBUFS
		}
	}
	t.Run("has room again", func(t *testing.T) {
		open(t, func(t *testing.T, b *Bus, k *kernel) {
			fill(k, 3)
			go k.take()
			start := time.Now()
			if err := b.Send(t.Context(), can.New(1)); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took != 3*retryAfter {
				t.Errorf("took %v, want %v", took, 3*retryAfter)
			}
		})
	})
	t.Run("until the context ends", func(t *testing.T) {
		open(t, func(t *testing.T, b *Bus, k *kernel) {
			fill(k, 1000)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond+retryAfter/2)
			defer cancel()
			if err := b.Send(ctx, can.New(1)); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got error %v, want %v", err, context.DeadlineExceeded)
			}
		})
	})
	t.Run("until the bus closes", func(t *testing.T) {
		open(t, func(t *testing.T, b *Bus, k *kernel) {
			fill(k, 1000)
			time.AfterFunc(10*time.Millisecond+retryAfter/2, func() { b.Close() })
			if err := b.Send(t.Context(), can.New(1)); !errors.Is(err, can.ErrClosed) {
				t.Errorf("got error %v, want %v", err, can.ErrClosed)
			}
		})
	})
}

func TestCloseEndsEverything(t *testing.T) {
	open(t, func(t *testing.T, b *Bus, k *kernel) {
		sub := b.Subscribe(1)
		sent := make(chan error)
		go func() { sent <- b.Send(context.Background(), can.New(1)) }() // nobody takes it
		synctest.Wait()
		if err := b.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if err := <-sent; !errors.Is(err, can.ErrClosed) {
			t.Errorf("the pending Send got error %v, want %v", err, can.ErrClosed)
		}
		if _, open := <-sub.C(); open {
			t.Error("the subscription is still open")
		}
		if err := b.Send(t.Context(), can.New(1)); !errors.Is(err, can.ErrClosed) {
			t.Errorf("Send after Close got error %v, want %v", err, can.ErrClosed)
		}
		if got := b.State(); got != can.Stopped {
			t.Errorf("state is %v, want %v", got, can.Stopped)
		}
	})
}

func TestInterfaceLost(t *testing.T) {
	for _, cause := range []error{syscall.ENETDOWN, syscall.ENODEV, syscall.ENXIO, io.EOF} {
		t.Run("while sending: "+cause.Error(), func(t *testing.T) {
			open(t, func(t *testing.T, b *Bus, k *kernel) {
				k.refusals <- cause
				for range 2 {
					if err := b.Send(t.Context(), can.New(1)); !errors.Is(err, can.ErrClosed) || !errors.Is(err, cause) {
						t.Errorf("got error %v, want one that wraps %v and %v", err, can.ErrClosed, cause)
					}
				}
			})
		})
		t.Run("while receiving: "+cause.Error(), func(t *testing.T) {
			open(t, func(t *testing.T, b *Bus, k *kernel) {
				sub := b.Subscribe(1)
				k.deliver(0x10)
				k.failure <- cause
				synctest.Wait()
				if r, open := <-sub.C(); !open || r.ID != 0x10 {
					t.Errorf("got frame %v (%v), want the one from before", r, open)
				}
				if _, open := <-sub.C(); open {
					t.Error("the subscription is still open")
				}
				if err := b.Send(t.Context(), can.New(1)); !errors.Is(err, can.ErrClosed) || !errors.Is(err, cause) {
					t.Errorf("got error %v, want one that wraps %v and %v", err, can.ErrClosed, cause)
				}
			})
		})
	}
}

func TestLostFrames(t *testing.T) {
	open(t, func(t *testing.T, b *Bus, k *kernel) {
		sub := b.Subscribe(10)
		for _, drops := range []uint32{0, 3, 3, 1<<32 - 1, 2} { // the counter wraps
			k.received <- []message{{data: raw(1), drops: drops}}
		}
		k.deliver(can.ClassController|errorBit, 0, can.CtrlRxOverflow)
		k.lost = 9
		b.Close()
		var got []uint64
		for r := range sub.C() {
			got = append(got, r.Lost)
		}
		want := []uint64{0, 3, 0, 1<<32 - 4, 3, 1, 7}
		if !slices.Equal(got, want) {
			t.Errorf("lost %v, want %v", got, want)
		}
	})
}

func TestTimes(t *testing.T) {
	open(t, func(t *testing.T, b *Bus, k *kernel) {
		const ms = time.Millisecond
		sub := b.Subscribe(10)
		time.Sleep(time.Second)
		now := time.Now()
		stamps := []struct {
			stamp time.Time
			want  time.Duration // before now
		}{
			{now.Add(-20 * ms), 20 * ms},
			{now.Add(-5 * ms), 5 * ms},
			{now.Add(-10 * ms), 5 * ms}, // not before the last one
			{now.Add(time.Hour), 0},     // somebody set the clock back
			{time.Time{}, 0},            // no stamp
		}
		for _, s := range stamps {
			k.received <- []message{{data: raw(1), stamp: s.stamp.Round(0)}}
			r := <-sub.C()
			if got := now.Sub(r.Time); got != s.want {
				t.Errorf("stamp %v: %v before now, want %v", now.Sub(s.stamp), got, s.want)
			}
		}
	})
}

func TestWhatIsNoFrame(t *testing.T) {
	open(t, func(t *testing.T, b *Bus, k *kernel) {
		sub := b.Subscribe(1)
		k.received <- []message{{data: nil}, {data: make([]byte, 17)}, {data: raw(7)}}
		if r := <-sub.C(); r.ID != 7 {
			t.Errorf("got %v", r)
		}
	})
}
