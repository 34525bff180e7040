package virtual_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
	"otabench/can/virtual"
)

// bubble runs f in virtual time with a wire of its own.
func bubble(t *testing.T, opts virtual.Options, f func(t *testing.T, wire *virtual.Bus)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		wire := virtual.NewBus("wire", opts)
		defer wire.Close()
		f(t, wire)
	})
}

func send(t *testing.T, n *virtual.Node, f can.Frame) {
	t.Helper()
	if err := n.Send(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// start sends f without waiting for it.
func start(t *testing.T, n *virtual.Node, f can.Frame) {
	go func() {
		if err := n.Send(t.Context(), f); err != nil {
			t.Error(err)
		}
	}()
}

// classes lists the error classes that wait in sub, and drops other frames.
func classes(sub *can.Subscription) (got []can.ErrorClass) {
	time.Sleep(time.Millisecond) // reports wait for the intermission
	for range len(sub.C()) {
		if r := <-sub.C(); r.Is(can.Error) {
			got = append(got, r.ID)
		}
	}
	return got
}

func TestArbitration(t *testing.T) {
	order := []can.Frame{ // as they win
		{ID: 0x0FF},
		{ID: 0x100},
		{ID: 0x100, Flags: can.Remote},
		{ID: 0x100 << 18, Flags: can.Extended},
		{ID: 0x100 << 18, Flags: can.Extended | can.Remote},
		{ID: 0x100<<18 | 1, Flags: can.Extended},
		{ID: 0x101},
	}
	bubble(t, virtual.Options{Bitrate: 500_000}, func(t *testing.T, wire *virtual.Bus) {
		listener := wire.Attach("listener").Subscribe(0)
		blocker := wire.Attach("blocker")
		start(t, blocker, can.New(0x7FF))
		synctest.Wait() // the wire is busy now
		for i, f := range slices.Backward(order) {
			start(t, wire.Attach(fmt.Sprint(i)), f)
		}
		if r := <-listener.C(); r.ID != 0x7FF {
			t.Errorf("a frame on the wire was overtaken by %v", r.Frame)
		}
		for _, want := range order {
			if r := <-listener.C(); r.Frame != want {
				t.Errorf("got %v, want %v", r.Frame, want)
			}
		}
	})
}

func TestPaceDoesNotDrift(t *testing.T) {
	bubble(t, virtual.Options{Bitrate: 500_000, DataBitrate: 2_000_000}, func(t *testing.T, wire *virtual.Bus) {
		a := wire.Attach("a")
		heard := wire.Attach("b").Subscribe(0)
		for _, f := range []can.Frame{
			can.New(0x123, 1, 2, 3, 4, 5, 6, 7, 8),
			{ID: 0x123, Flags: can.FD | can.BRS, Len: 64},
		} {
			nominal, data := can.Bits(f)
			period := time.Duration(nominal)*2*time.Microsecond + time.Duration(data)*time.Microsecond/2
			const count = 100
			began := time.Now()
			for range count {
				send(t, a, f)
			}
			time.Sleep(time.Millisecond)
			for i := range count {
				want := began.Add(time.Duration(i+1)*period - can.InterframeSpace*2*time.Microsecond)
				if r := <-heard.C(); !r.Time.Equal(want) {
					t.Fatalf("frame %d of %v ended at %v, want %v", i, f.Len, r.Time.Sub(began), want.Sub(began))
				}
			}
		}
	})
}

func TestAlone(t *testing.T) {
	bubble(t, virtual.Options{}, func(t *testing.T, wire *virtual.Bus) {
		a := wire.Attach("a")
		sub := a.Subscribe(0)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := a.Send(ctx, can.New(1)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if tec, _ := a.ErrorCounters(); a.State() != can.ErrorPassive || tec != 128 {
			t.Errorf("state %v, counter %d; want error-passive, 128", a.State(), tec)
		}
		if got, want := classes(sub), []can.ErrorClass{can.ClassNoAck, can.ClassController}; !slices.Equal(got, want) {
			t.Errorf("reports %x, want %x", got, want)
		}
		sent := make(chan error, 1)
		go func() { sent <- a.Send(t.Context(), can.New(2)) }()
		synctest.Wait()
		heard := wire.Attach("b").Subscribe(0)
		if err := <-sent; err != nil || a.State() != can.ErrorActive {
			t.Errorf("with another node: %v, state %v", err, a.State())
		}
		synctest.Wait()
		if n := len(heard.C()); n > 1 {
			t.Errorf("%d frames came, the one that was given up is among them", n)
		}
	})
}

func TestDetach(t *testing.T) {
	bubble(t, virtual.Options{}, func(t *testing.T, wire *virtual.Bus) {
		a, b, c := wire.Attach("a"), wire.Attach("b"), wire.Attach("c")
		heard := b.Subscribe(0)
		b.Detach()
		send(t, a, can.New(1))
		sent := make(chan error, 1)
		go func() { sent <- b.Send(t.Context(), can.New(2)) }()
		time.Sleep(time.Hour)
		if len(sent) != 0 || b.State() != can.ErrorPassive {
			t.Errorf("%d Sends ended, state %v", len(sent), b.State())
		}
		if r := <-heard.C(); !r.Is(can.Error) {
			t.Errorf("heard %v while detached", r.Frame)
		}
		b.Reattach()
		if err := <-sent; err != nil {
			t.Error(err)
		}
		send(t, c, can.New(3))
	})
}

func TestDetachAmidFrame(t *testing.T) {
	bubble(t, virtual.Options{Bitrate: 500_000}, func(t *testing.T, wire *virtual.Bus) {
		a, b, _ := wire.Attach("a"), wire.Attach("b"), wire.Attach("c")
		heard := b.Subscribe(0)
		sent := make(chan error, 1)
		go func() { sent <- a.Send(t.Context(), can.New(1)) }()
		time.Sleep(50 * time.Microsecond)
		a.Detach()
		time.Sleep(time.Millisecond)
		if got := classes(heard); len(got) != 1 || len(sent) != 0 {
			t.Errorf("error frames %x, %d Sends ended", got, len(sent))
		}
		a.Reattach()
		if err := <-sent; err != nil {
			t.Error(err)
		}
	})
}

func TestFaults(t *testing.T) {
	bubble(t, virtual.Options{}, func(t *testing.T, wire *virtual.Bus) {
		a, b := wire.Attach("a"), wire.Attach("b")
		own, heard := a.Subscribe(0), b.Subscribe(0)
		is := func(id uint32) func(can.Frame) bool { return func(f can.Frame) bool { return f.ID == id } }
		wire.Inject(virtual.Fault{Match: is(1), After: 1, Count: 2, Action: virtual.Drop})
		wire.Inject(virtual.Fault{Match: is(2), Count: 1, Action: virtual.Delay(time.Second)})
		remove := wire.Inject(virtual.Fault{Match: is(3), Action: virtual.Drop})
		remove()
		began := time.Now()
		for i := range byte(4) {
			send(t, a, can.New(1, i))
		}
		send(t, a, can.New(2))
		send(t, a, can.New(3))
		if took := time.Since(began); took != time.Second {
			t.Errorf("took %v, want the delay of one second", took)
		}
		for _, want := range []can.Frame{can.New(1, 0), can.New(1, 3), can.New(2), can.New(3)} {
			if r := <-heard.C(); r.Frame != want {
				t.Errorf("heard %v, want %v", r.Frame, want)
			}
		}
		if n := len(own.C()); n != 6 {
			t.Errorf("the sender saw %d of its frames, want 6", n)
		}
	})
}

func TestCorruptOnce(t *testing.T) {
	bubble(t, virtual.Options{Bitrate: 500_000}, func(t *testing.T, wire *virtual.Bus) {
		a, b := wire.Attach("a"), wire.Attach("b")
		heard, own := b.Subscribe(0), a.Subscribe(0)
		wire.Inject(virtual.Fault{Count: 1, Action: virtual.Corrupt})
		send(t, a, can.New(1))
		for _, sub := range []*can.Subscription{heard, own} {
			if r := <-sub.C(); !r.Is(can.Error) || r.ID != can.ClassProtocol|can.ClassBusError {
				t.Errorf("got %v, want an error frame", r.Frame)
			}
			if r := <-sub.C(); r.Frame != can.New(1) {
				t.Errorf("got %v, want the frame, sent again", r.Frame)
			}
		}
		if tec, _ := a.ErrorCounters(); tec != 7 {
			t.Errorf("transmit error counter %d, want 8-1", tec)
		}
		if _, rec := b.ErrorCounters(); rec != 0 {
			t.Errorf("receive error counter %d, want 1-1", rec)
		}
	})
}

func TestShortLeadsToBusOff(t *testing.T) {
	bubble(t, virtual.Options{Bitrate: 500_000}, func(t *testing.T, wire *virtual.Bus) {
		a, b := wire.Attach("a"), wire.Attach("b")
		sub := a.Subscribe(0)
		wire.Short(true)
		if err := a.Send(t.Context(), can.New(1)); !errors.Is(err, can.ErrBusOff) {
			t.Errorf("got %v", err)
		}
		if err := a.Send(t.Context(), can.New(1)); !errors.Is(err, can.ErrBusOff) || a.State() != can.BusOff {
			t.Errorf("got %v in state %v", err, a.State())
		}
		if got := classes(sub); !slices.Contains(got, can.ClassBusOff) || !slices.Contains(got, can.ClassController) {
			t.Errorf("reports %x", got)
		}
		wire.Short(false)
		a.Restart()
		if got := classes(sub); !slices.Equal(got, []can.ErrorClass{can.ClassRestarted}) {
			t.Errorf("reports %x", got)
		}
		send(t, a, can.New(1))
		send(t, b, can.New(2))
		if a.State() != can.ErrorActive {
			t.Errorf("state %v", a.State())
		}
	})
}

func TestForceBusOff(t *testing.T) {
	bubble(t, virtual.Options{}, func(t *testing.T, wire *virtual.Bus) {
		a := wire.Attach("a")
		sent := make(chan error, 1)
		go func() { sent <- a.Send(t.Context(), can.New(1)) }()
		synctest.Wait()
		a.ForceBusOff()
		if err := <-sent; !errors.Is(err, can.ErrBusOff) {
			t.Errorf("pending Send: %v", err)
		}
	})
}

// A tap may do whatever a power switch or a dying node does.
func TestTapsMayChangeTheWire(t *testing.T) {
	bubble(t, virtual.Options{}, func(t *testing.T, wire *virtual.Bus) {
		a, b, dying := wire.Attach("a"), wire.Attach("b"), wire.Attach("dying")
		heard := dying.Subscribe(0)
		b.Tap(func(r can.Received) {
			switch r.ID {
			case 1:
				wire.Attach("new")
				wire.Inject(virtual.Fault{Action: virtual.Delay(time.Second)})
				b.Detach()
				b.Reattach()
				dying.Detach()
			case 2:
				dying.Close()
				wire.Close()
			}
		})
		send(t, a, can.New(1))
		if r := <-heard.C(); r.ID != 1 {
			t.Errorf("a node that was there at the end of the frame heard %v", r.Frame)
		}
		if err := a.Send(t.Context(), can.New(2)); err != nil && !errors.Is(err, can.ErrClosed) {
			t.Errorf("got %v", err)
		}
		if err := wire.Attach("late").Send(t.Context(), can.New(3)); !errors.Is(err, can.ErrClosed) {
			t.Errorf("on a closed wire: got %v", err)
		}
	})
}

func Example() {
	wire := virtual.NewBus("powertrain", virtual.Options{Bitrate: 500_000})
	defer wire.Close()
	tester, ecu := wire.Attach("tester"), wire.Attach("ecu")
	heard := ecu.Subscribe(0, can.Exactly(0x7E0, false))
	fmt.Println(tester.Send(context.Background(), can.New(0x7E0, 2, 0x3E, 0x80)))
	fmt.Println((<-heard.C()).Frame)
	// Output:
	// <nil>
	// 7E0#023E80
}

// Other traffic delays each frame, with and without a bit rate.
func TestDelay(t *testing.T) {
	for _, rate := range []int{0, 500_000} {
		frame := can.New(0x123, 1)
		sent := func(delay time.Duration) (took time.Duration) {
			opts := virtual.Options{Bitrate: rate}
			if delay > 0 {
				opts.Delay = func() time.Duration { return delay }
			}
			bubble(t, opts, func(t *testing.T, wire *virtual.Bus) {
				n := wire.Attach("tester")
				wire.Attach("ecu")
				begin := time.Now()
				send(t, n, frame)
				took = time.Since(begin)
			})
			return took
		}
		if later := sent(70*time.Microsecond) - sent(0); later != 70*time.Microsecond {
			t.Errorf("at %d bit/s, %v later", rate, later)
		}
	}
}
