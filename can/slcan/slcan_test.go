package slcan_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
	"otabench/can/cantest"
	"otabench/can/slcan"
	"otabench/can/slcan/sim"
	"otabench/can/virtual"
)

// adapter plugs a simulated adapter into a wire and returns the port at which it is reached. It ends with the test.
func adapter(t *testing.T, wire *virtual.Bus, q sim.Quirks) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	ctx, unplug := context.WithCancel(context.Background())
	node := wire.Attach("adapter")
	var served sync.WaitGroup
	served.Go(func() { _ = sim.New(node, q).Serve(ctx, theirs) })
	t.Cleanup(func() {
		unplug()
		_ = node.Close()
		served.Wait()
	})
	return ours
}

func join(t *testing.T, wire *virtual.Bus, q sim.Quirks, o slcan.Options) *slcan.Bus {
	t.Helper()
	o.Bitrate = 500_000
	bus, err := slcan.Open(t.Context(), adapter(t, wire, q), "test", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	return bus
}

func newWire(t *testing.T) *virtual.Bus {
	wire := virtual.NewBus("wire", virtual.Options{Bitrate: 500_000, DataBitrate: 2_000_000})
	t.Cleanup(func() { _ = wire.Close() })
	wire.Attach("listener") // acknowledges
	return wire
}

func TestContract(t *testing.T) {
	for name, q := range map[string]sim.Quirks{
		"acknowledging": {}, "silent": {Silent: true}, "with stamps": {Stamps: true}, "without flags": {NoFlags: true}, "often full": {Full: 2},
	} {
		t.Run(name, func(t *testing.T) {
			cantest.TestBusInBubble(t, func(t *testing.T) (a, b can.Bus) {
				wire := newWire(t)
				return join(t, wire, q, slcan.Options{}), join(t, wire, q, slcan.Options{})
			})
		})
	}
}

func TestEveryKindOfFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := newWire(t)
		a := join(t, wire, sim.Quirks{}, slcan.Options{DataBitrate: 2_000_000})
		b := join(t, wire, sim.Quirks{}, slcan.Options{DataBitrate: 2_000_000})
		frames := b.Subscribe(0)
		for _, text := range []string{
			"123#", "7FF#0102030405060708", "1ABCDEF0#AA", "123#R", "1ABCDEF0#R4", "123##0", "123##1" + strings.Repeat("5A", 64),
			"1ABCDEF0##0" + strings.Repeat("01", 12), "1ABCDEF0##1AABB",
		} {
			f, err := can.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Send(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			if r := <-frames.C(); r.Frame != f || r.Own {
				t.Errorf("%s came as %v", text, r.Frame)
			}
		}
	})
}

func TestRefusedFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := newWire(t)
		classic := join(t, wire, sim.Quirks{}, slcan.Options{})
		fd := join(t, wire, sim.Quirks{}, slcan.Options{DataBitrate: 5_000_000})
		listening := join(t, wire, sim.Quirks{}, slcan.Options{ListenOnly: true})
		for _, tt := range []struct {
			bus   can.Bus
			frame can.Frame
			want  string
		}{
			{classic, can.Frame{ID: 1, Flags: can.FD}, "FD extension"},
			{classic, can.Frame{Flags: can.Error, Len: 8}, "error frame"},
			{fd, can.Frame{ID: 1, Flags: can.FD | can.ESI}, "ESI"},
			{listening, can.New(1), "listened to only"},
		} {
			if err := tt.bus.Send(t.Context(), tt.frame); !errors.Is(err, can.ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v: got error %v, want one with %q", tt.frame, err, tt.want)
			}
		}
	})
}

func TestFlags(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := newWire(t)
		b := join(t, wire, sim.Quirks{Flags: 0x28}, slcan.Options{}) // error passive, data overrun
		frames := b.Subscribe(0)
		time.Sleep(time.Second)
		if b.State() != can.ErrorPassive {
			t.Errorf("the state is %v", b.State())
		}
		if err := wire.Attach("other").Send(t.Context(), can.New(1)); err != nil {
			t.Fatal(err)
		}
		if r := <-frames.C(); r.Lost == 0 {
			t.Errorf("nothing was lost before %v", r.Frame)
		}
	})
}

// However an adapter is lost, nothing hangs.
func TestLostAdapter(t *testing.T) {
	for name, lose := range map[string]func(port net.Conn, b *slcan.Bus){
		"unplugged":       func(port net.Conn, _ *slcan.Bus) { _ = port.Close() },
		"stops answering": func(net.Conn, *slcan.Bus) {},
		"closed by us":    func(_ net.Conn, b *slcan.Bus) { _ = b.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				wire := newWire(t)
				port := adapter(t, wire, sim.Quirks{Stalls: 1})
				b, err := slcan.Open(t.Context(), port, "test", slcan.Options{Bitrate: 500_000})
				if err != nil {
					t.Fatal(err)
				}
				defer b.Close()
				frames := b.Subscribe(0)
				if err := b.Send(t.Context(), can.New(1)); err != nil {
					t.Fatal(err)
				}
				lose(port, b)
				start := time.Now()
				if err := b.Send(t.Context(), can.New(2)); !errors.Is(err, can.ErrClosed) {
					t.Errorf("got error %v, want %v", err, can.ErrClosed)
				}
				for range frames.C() { // it has an end
				}
				if b.State() != can.Stopped || time.Since(start) > time.Second {
					t.Errorf("after %v the state is %v", time.Since(start), b.State())
				}
			})
		})
	}
}

// answering is a port whose other end says something else than an adapter.
func answering(t *testing.T, text string) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	var talking sync.WaitGroup
	talking.Go(func() { _, _ = io.Copy(io.Discard, theirs) })
	talking.Go(func() {
		for text != "" {
			if _, err := io.WriteString(theirs, text); err != nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	t.Cleanup(func() { _ = theirs.Close(); talking.Wait() })
	return ours
}

func TestNoAdapter(t *testing.T) {
	tests := []struct {
		name, text string
		o          slcan.Options
		want       string
	}{
		{"silence", "", slcan.Options{Bitrate: 500_000}, "no answer to V"},
		{"an endless line", strings.Repeat("x", 1000), slcan.Options{Bitrate: 500_000}, "no answer to V"},
		{"no such bit rate", "", slcan.Options{Bitrate: 333_000}, "it has [10000 20000"},
		{"no such data bit rate", "", slcan.Options{Bitrate: 500_000, DataBitrate: 3_000_000}, "it has [2000000 5000000]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, err := slcan.Open(t.Context(), answering(t, tt.text), "test", tt.o)
				if b != nil || err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "slcan:test@") {
					t.Errorf("got error %v, want one with %q", err, tt.want)
				}
			})
		})
	}
	if _, err := slcan.OpenDevice(t.Context(), "/dev/nosuchtty", slcan.Options{Bitrate: 500_000}); err == nil {
		t.Errorf("a device that is not there was opened")
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if _, err := slcan.Open(ctx, answering(t, ""), "test", slcan.Options{Bitrate: 500_000}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got error %v", err)
		}
	})
}

func TestAddresses(t *testing.T) {
	for text, want := range map[string]slcan.Address{
		"/dev/ttyACM0@500000":         {Device: "/dev/ttyACM0", Bitrate: 500_000},
		"/dev/ttyACM0@500000/2000000": {Device: "/dev/ttyACM0", Bitrate: 500_000, DataBitrate: 2_000_000},
		"/dev/by-id/a@b@1000000":      {Device: "/dev/by-id/a@b", Bitrate: 1_000_000},
	} {
		if got, err := slcan.ParseAddress(text); err != nil || got != want || got.String() != text {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "/dev/ttyACM0", "@500000", "/dev/ttyACM0@fast", "/dev/ttyACM0@333000", "/dev/ttyACM0@500000/1", "/dev/ttyACM0@500000/"} {
		if a, err := slcan.ParseAddress(text); err == nil {
			t.Errorf("%s was taken for %v", text, a)
		}
	}
}

func TestLinesThatAreNoFrames(t *testing.T) {
	for _, line := range []string{
		"", "t", "t12", "t123", "t1239", "t12310", "t1231GG", "t123111F", "t8000", "T200000000", "x1230", "r1230AA", "t1230\x00\x00",
	} {
		if f, ok := slcan.Parse([]byte(line)); ok {
			t.Errorf("%q was taken for %v", line, f)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, line := range []string{"t1232AABB", "T1ABCDEF01AA0A1F", "r1238", "d1239" + strings.Repeat("00", 12), "B000000010"} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		frame, ok := slcan.Parse(line)
		if !ok {
			return
		}
		text := slcan.Append(nil, frame)
		again, ok := slcan.Parse(text[:len(text)-1])
		if !ok || again != frame {
			t.Errorf("%q is %v, which is written %q", line, frame, text)
		}
	})
}

// noisy is a port from which noise comes once it has been given, before what else there is to be read.
type noisy struct {
	net.Conn
	given chan []byte
	rest  []byte
}

func (n *noisy) Read(p []byte) (int, error) {
	select {
	case n.rest = <-n.given:
	default:
	}
	if len(n.rest) > 0 {
		read := copy(p, n.rest)
		n.rest = n.rest[read:]
		return read, nil
	}
	return n.Conn.Read(p)
}

// FuzzAdapter has an adapter that talks nonsense once it is open.
func FuzzAdapter(f *testing.F) {
	f.Add([]byte("t1230\rz\r\aF20\rt12"))
	f.Fuzz(func(t *testing.T, noise []byte) {
		synctest.Test(t, func(t *testing.T) {
			port := &noisy{Conn: adapter(t, newWire(t), sim.Quirks{}), given: make(chan []byte, 1)}
			b, err := slcan.Open(t.Context(), port, "test", slcan.Options{Bitrate: 500_000})
			if err != nil {
				t.Fatal(err)
			}
			port.given <- noise
			for id := range uint32(3) {
				if err := b.Send(t.Context(), can.New(id)); err != nil && !errors.Is(err, can.ErrClosed) {
					t.Error(err)
				}
			}
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		})
	})
}
