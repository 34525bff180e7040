package socketcand

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"otabench/can"
	"otabench/can/virtual"
)

// wellFormed fails for a frame that no bus can have.
func wellFormed(t *testing.T, f can.Frame) {
	t.Helper()
	if f.Is(can.Error) {
		if f.Flags != can.Error || f.Len != can.MaxData {
			t.Errorf("error frame %+v", f)
		}
	} else if err := f.Validate(); err != nil {
		t.Errorf("frame %+v: %v", f, err)
	}
	for _, v := range f.Data[f.Len:] {
		if v != 0 {
			t.Errorf("frame %+v has data beyond its length", f)
		}
	}
}

// What a server says is a frame that can be written and read again, or none.
func FuzzReport(f *testing.F) {
	for _, seed := range []string{
		" frame 123 23.424242 1A220344 ", " fdframe 00000123 05 1.123456789 00 11 22 ", " rtr 7FF 1.5 8 ",
		" error 004 1.0 00 20 00 00 00 00 00 00 ", " own frame 123 1.0  ", " error unknown command ", " lost 12 ",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, element []byte) {
		r, err := parseReport(element)
		if err != nil || r.kind != reportFrame {
			return
		}
		wellFormed(t, r.frame)
		text := appendReport(nil, &can.Received{Frame: r.frame, Time: r.stamp, Own: r.own}, ours)
		if again, err := parseReport(text[1 : len(text)-1]); err != nil || again != r {
			t.Errorf("%q: wrote %s, read %+v, %v", element, text, again, err)
		}
	})
}

// What a client wants to send is a frame that can be written and read again, or an error.
func FuzzCommand(f *testing.F) {
	for _, seed := range []string{
		"send 123 0", "send 1AAAAAAA 2 1 f1", "send 7E0 C 1 2 3 4 5 6 7 8 9 a b c", "send C0000123 2 0 0",
		"fdsend 7E0 7 1 2a", "sendfd 1 0", "sendrtr 7E0 3", "statistics 100", "echo",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, element []byte) {
		verb, args := cut(element)
		frame, _, isSend, err := parseSend(verb, args)
		if err != nil || !isSend {
			_ = answer(verb, args)
			return
		}
		wellFormed(t, frame)
		text := appendSend(nil, frame, ours)
		verb, args = cut(text[1 : len(text)-1])
		if again, _, isSend, err := parseSend(verb, args); err != nil || !isSend || again != frame {
			t.Errorf("%q: wrote %s, read %v, %v", element, text, again, err)
		}
	})
}

// Whatever a server says, the client lives until the connection ends, and its frames are frames in order.
func FuzzClient(f *testing.F) {
	f.Add([]byte("< frame 123 1.0 01 >< own frame 1 2.0  >< lost 3 >< error 040 1.0 >< error x >"), false)
	f.Add([]byte("< echo >< sent >< frame >"), true)
	f.Fuzz(func(t *testing.T, said []byte, extended bool) {
		here, there := net.Pipe()
		go io.Copy(io.Discard, there)
		b := newBus(here, newElements(here), "socketcand://fuzz/can0", forms{extended: extended}, time.Minute)
		var last time.Time
		b.Tap(func(r can.Received) {
			wellFormed(t, r.Frame)
			if r.Time.Before(last) || r.Time.After(time.Now()) {
				t.Errorf("%v is before %v or in the future", r.Time, last)
			}
			last = r.Time
		})
		sub := b.Subscribe(1)
		_, _ = there.Write(said)
		_ = there.Close()
		for range sub.C() {
		}
		if b.State() != can.Stopped {
			t.Errorf("state %v", b.State())
		}
		_ = b.Close()
	})
}

// Whatever a client says, the server lives, and ends the session when the client leaves.
func FuzzServer(f *testing.F) {
	f.Add([]byte("< rawmode >< otabench 1 >< send 123 1 1 >< fdsend 123 5 1 1 >< send >< echo >"))
	f.Add([]byte("< controlmode >< statistics 10 >< bcmmode >< sendrtr 123 0 >< sendfd 1 0 >< open can0 >"))
	f.Fuzz(func(t *testing.T, said []byte) {
		wire := virtual.NewBus("wire", virtual.Options{})
		defer wire.Close()
		wire.Attach("node").Tap(func(r can.Received) { wellFormed(t, r.Frame) })
		here, there := net.Pipe()
		go io.Copy(io.Discard, here)
		go func() {
			_, _ = here.Write(said)
			_ = here.Close()
		}()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		node := wire.Attach("client")
		defer node.Close()
		_ = newSession(ServeOptions{Timeout: time.Minute}, there, newElements(there), node).run(ctx)
		_ = there.Close()
		if ctx.Err() != nil {
			t.Error("the session did not end")
		}
	})
}
