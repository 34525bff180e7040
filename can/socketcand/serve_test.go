package socketcand

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
	"otabench/can/virtual"
)

// guest is a client that says what a test has it say.
type guest struct {
	served
	net.Conn
}

// inBubble runs f with a server in virtual time.
func inBubble(t *testing.T, wire virtual.Options, o ServeOptions, f func(t *testing.T, s served)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, serve(t, wire, o)) })
}

// guest adds a client, which is greeted.
func (s served) guest() guest {
	g := guest{s, s.call()}
	s.Cleanup(func() { _ = g.Close() })
	g.wants("< hi >")
	return g
}

// guestInRawMode adds a client that has opened the bus.
func (s served) guestInRawMode() guest {
	g := s.guest()
	g.says("< open can0 >")
	g.wants("< ok >")
	g.says("< rawmode >")
	g.wants("< ok >")
	return g
}

func (g guest) says(text string) {
	if _, err := io.WriteString(g, text); err != nil {
		g.Errorf("say %q: %v", text, err)
	}
}

// floods says what may be too much.
func (g guest) floods(text string) { _, _ = io.WriteString(g, text) }

// wants wants exactly this text next.
func (g guest) wants(text string) {
	g.Helper()
	_ = g.SetReadDeadline(time.Now().Add(time.Minute))
	got := make([]byte, len(text))
	n, err := io.ReadFull(g, got)
	if string(got[:n]) != text {
		g.Fatalf("got %q, %v; want %q", got[:n], err, text)
	}
}

// wantsEnd wants nothing more.
func (g guest) wantsEnd() {
	g.Helper()
	_ = g.SetReadDeadline(time.Now().Add(time.Minute))
	if rest, err := io.ReadAll(g); err != nil || len(rest) > 0 {
		g.Errorf("got %q, %v; want the end", rest, err)
	}
}

// wantsEvent wants an event next.
func (s served) wantsEvent(text string) {
	s.Helper()
	select {
	case e := <-s.events:
		if got := strings.ReplaceAll(e.String(), "pipe ", "P "); got != text {
			s.Errorf("event %q, want %q", got, text)
		}
	case <-time.After(time.Minute):
		s.Errorf("no event, want %q", text)
	}
}

func TestCommands(t *testing.T) {
	inBubble(t, virtual.Options{}, ServeOptions{}, func(t *testing.T, s served) {
		node := s.wire.Attach("node")
		heard := node.Subscribe(0)
		g := s.guest()
		g.says("< echo >")
		g.wants("< error unknown command >")
		g.says("< open can0 >")
		g.wants("< ok >")
		g.says("< echo >")
		g.wants("< echo >")
		g.says("< open can0 >< add 1 0 123 0 >< >< isotpmode >< otabench 2 >")
		g.wants(strings.Repeat("< error unknown command >", 5))
		g.says("< send 123 1 2a >") // before raw mode, as the daemon
		if r := <-heard.C(); r.Frame != frame(0x123, 0, 0x2A) {
			t.Errorf("heard %v", r.Frame)
		}
		g.says("< rawmode >")
		g.wants("< ok >")
		g.says("< send 123 9 >")
		g.wants("< error send: invalid CAN frame: the length is not the number of bytes >")
		g.says("no element > < send < send 124 0 >")
		if r := <-heard.C(); r.Frame != frame(0x124, 0) {
			t.Errorf("heard %v", r.Frame)
		}
		time.Sleep(123456789)
		if err := node.Send(t.Context(), frame(0x18DA10F1, can.Extended, 1, 0xFF)); err != nil {
			t.Fatal(err)
		}
		g.wants("< frame 18DA10F1 946684800.123456 01FF >")
		g.says("< bcmmode >")
		g.wants("< ok >")
		if err := node.Send(t.Context(), frame(1, 0)); err != nil {
			t.Fatal(err)
		}
		g.says("< echo >")
		g.wants("< echo >")
	})
}

func TestStatistics(t *testing.T) {
	inBubble(t, virtual.Options{}, ServeOptions{}, func(t *testing.T, s served) {
		g, node := s.guestInRawMode(), s.wire.Attach("node")
		g.says("< send 123 2 1 2 >")
		synctest.Wait()
		g.says("< controlmode >")
		g.wants("< ok >")
		for range 3 {
			if err := node.Send(t.Context(), frame(1, 0, 1, 2, 3)); err != nil {
				t.Fatal(err)
			}
		}
		g.says("< statistics x >")
		g.wants("< error statistics: no interval in ms >")
		began := time.Now()
		g.says("< statistics 250 >")
		g.wants("< stat 9 3 2 1 >< stat 9 3 2 1 >")
		if took := time.Since(began); took != 500*time.Millisecond {
			t.Errorf("two after %v, want 500ms", took)
		}
		g.says("< statistics 0 >")
		synctest.Wait()
		time.Sleep(time.Second)
		g.says("< statistics 250 >< rawmode >")
		g.wants("< ok >")
		time.Sleep(time.Second)
		g.says("< statistics 250 >") // in control mode only
		time.Sleep(time.Second)
		g.says("< echo >")
		g.wants("< echo >")
	})
}

// Each client is told frames in the form that it has shown to know.
func TestClientForms(t *testing.T) {
	const (
		classic = "< frame 001 946684800.000000 01 >"
		long    = "< frame 002 946684800.000000 0102030405060708090A0B0C >"
		rtr     = "< rtr 003 946684800.000000 4 >"
	)
	tests := []struct {
		name, shows string
		o           ServeOptions
		want        string
	}{
		{"nothing", "", ServeOptions{}, classic},
		{"nothing, but is taken for SavvyCAN", "", ServeOptions{LongFrames: true}, classic + long},
		{"fdsend", "< fdsend >", ServeOptions{}, classic + "< fdframe 002 05 946684800.000000 0102030405060708090A0B0C >"},
		{"sendfd", "< sendfd >", ServeOptions{}, classic + "< fdframe 002 946684800.000000 0102030405060708090A0B0C >"},
		{"sendrtr", "< sendrtr >", ServeOptions{}, classic + rtr},
		{"a long send", "< send 7FF 12 1 2 3 4 5 6 7 8 9 A B C >", ServeOptions{}, classic + long},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, virtual.Options{}, tt.o, func(t *testing.T, s served) {
				g, node := s.guestInRawMode(), s.wire.Attach("node")
				g.says(tt.shows)
				synctest.Wait()
				if strings.HasSuffix(tt.shows, "d >") || strings.HasSuffix(tt.shows, "r >") {
					verb := strings.Trim(tt.shows, "<> ")
					g.wants("< error " + verb + ": invalid CAN frame: no identifier of up to 29 bits >")
				}
				for _, f := range []can.Frame{
					frame(1, 0, 1), frame(2, can.FD|can.BRS, twelve...), remote(3, 0, 4),
				} {
					if err := node.Send(t.Context(), f); err != nil {
						t.Fatal(err)
					}
				}
				g.says("< echo >")
				g.wants(tt.want + "< echo >")
			})
		})
	}
}

// Two ends of this package carry every frame as it is, with the time of the bus.
func TestExtended(t *testing.T) {
	inBubble(t, virtual.Options{Bitrate: 500_000, DataBitrate: 2_000_000}, ServeOptions{}, func(t *testing.T, s served) {
		a, b, node := s.join(), s.join(), s.wire.Attach("node")
		onWire := node.Subscribe(100)
		own, heard := a.Subscribe(100), b.Subscribe(100)
		var all [can.MaxDataFD]byte
		for i := range all {
			all[i] = byte(255 - i)
		}
		frames := []can.Frame{
			frame(0, 0), frame(can.MaxStandardID, 0, all[:8]...),
			frame(0, can.Extended), frame(can.MaxExtendedID, can.Extended, 0),
			frame(1, can.FD), frame(1, can.FD|can.BRS, all[:]...), frame(1, can.FD|can.BRS|can.ESI|can.Extended, all[:20]...),
			remote(1, 0, 0), remote(1, can.Extended, 8),
		}
		for _, f := range frames {
			if err := a.Send(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			want := <-onWire.C()
			for _, sub := range []*can.Subscription{own, heard} {
				if r := <-sub.C(); r.Frame != f || r.Own != (sub == own) || !r.Time.Equal(want.Time) {
					t.Errorf("got %+v, want %v at %v", r, f, want.Time)
				}
			}
			time.Sleep(time.Millisecond)
		}
	})
}

// A frame that the wire does not take is refused with the bus's own error.
func TestBusOff(t *testing.T) {
	inBubble(t, virtual.Options{Bitrate: 500_000}, ServeOptions{}, func(t *testing.T, s served) {
		b := s.join()
		sub := b.Subscribe(1000)
		s.wire.Short(true)
		if err := b.Send(t.Context(), frame(1, 0)); !errors.Is(err, can.ErrBusOff) {
			t.Errorf("got %v, want ErrBusOff", err)
		}
		time.Sleep(time.Millisecond)
		if b.State() != can.BusOff || len(sub.C()) == 0 {
			t.Errorf("state %v after %d error frames", b.State(), len(sub.C()))
		}
	})
}

// A client that is alone waits for another one to acknowledge its frame, and its connection lasts.
func TestAlone(t *testing.T) {
	inBubble(t, virtual.Options{}, ServeOptions{}, func(t *testing.T, s served) {
		a := s.join()
		sent := make(chan error)
		go func() { sent <- a.Send(t.Context(), frame(1, 0)) }()
		time.Sleep(time.Hour)
		if a.State() != can.ErrorPassive {
			t.Errorf("state %v, want error-passive", a.State())
		}
		sub := s.join().Subscribe(0)
		if err := <-sent; err != nil {
			t.Error(err)
		}
		if err := a.Send(t.Context(), frame(2, 0)); err != nil {
			t.Error(err)
		}
		for r := range sub.C() {
			if r.Frame == frame(2, 0) {
				break
			}
		}
	})
}

func TestRefusedClients(t *testing.T) {
	inBubble(t, virtual.Options{}, ServeOptions{MaxClients: 2}, func(t *testing.T, s served) {
		a := s.guest()
		a.says("< open can1 >")
		a.wants("< error could not open bus: there is only can0 >")
		a.wantsEnd()
		b, c := s.guest(), s.guest()
		d := guest{s, s.call()}
		d.wants("< error too many clients >")
		d.wantsEnd()
		_ = b.Close()
		synctest.Wait()
		time.Sleep(patience) // c opens no bus
		c.wantsEnd()
		s.guest()
		e := s.guest()
		go e.floods(strings.Repeat("x", 2*maxElement))
		e.wantsEnd()
		if len(s.events) > 0 {
			t.Errorf("event %v, though no client was on the bus", <-s.events)
		}
	})
}

func TestEvents(t *testing.T) {
	inBubble(t, virtual.Options{}, ServeOptions{}, func(t *testing.T, s served) {
		a := s.guestInRawMode()
		s.wantsEvent("P joined can0, clients: 1")
		b := s.guestInRawMode()
		s.wantsEvent("P joined can0, clients: 2")
		_ = a.Close()
		s.wantsEvent("P left can0, clients: 1")
		go b.floods(strings.Repeat("x", maxElement+1))
		s.wantsEvent("P left can0, clients: 0: an element is longer than 16 KiB")
	})
}

// A client that takes no bytes loses frames, then its place. Nobody waits for it.
func TestSlowClient(t *testing.T) {
	inBubble(t, virtual.Options{}, ServeOptions{}, func(t *testing.T, s served) {
		s.guestInRawMode()
		s.wantsEvent("P joined can0, clients: 1")
		node, other := s.wire.Attach("node"), s.join()
		s.wantsEvent("P joined can0, clients: 2")
		sub := other.Subscribe(3 * feedQueue)
		began := time.Now()
		for range 2 * feedQueue {
			if err := node.Send(t.Context(), frame(1, 0)); err != nil {
				t.Fatal(err)
			}
			<-sub.C()
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("the bus waited %v", took)
		}
		s.wantsEvent("P left can0, clients: 1: the client takes no bytes: write pipe: i/o timeout")
	})
}

// A client that was too slow for a while is told how much it has missed.
func TestMissedFrames(t *testing.T) {
	tests := []struct {
		name, is, told string
	}{
		{"by an error frame", "", "< error 004 946684800.000000 00 01 00 00 00 00 00 00 >"},
		{"by a count", "< otabench 1 >", "< lost "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, virtual.Options{}, ServeOptions{}, func(t *testing.T, s served) {
				g, node := s.guestInRawMode(), s.wire.Attach("node")
				if tt.is != "" {
					g.says(tt.is)
					g.wants("< ok >")
				}
				for i := range 2 * feedQueue {
					if err := node.Send(t.Context(), frame(1, 0)); err != nil {
						t.Fatal(err)
					}
					if i == 0 {
						synctest.Wait() // until the server is stuck with the first one, and takes no other from its queue
					}
				}
				go g.floods("< echo >")
				_ = g.SetReadDeadline(time.Now().Add(time.Minute))
				var text strings.Builder
				for buffer := make([]byte, 1000); !strings.HasSuffix(text.String(), "< echo >"); {
					n, err := g.Read(buffer)
					if err != nil {
						t.Fatal(err)
					}
					text.Write(buffer[:n])
				}
				if n := strings.Count(text.String(), tt.told); n != 1 {
					t.Errorf("told %d times of lost frames, want once: ...%s", n, text.String()[text.Len()-200:])
				}
				if n := strings.Count(text.String(), "< frame "); n < feedQueue || n >= 2*feedQueue {
					t.Errorf("told of %d frames", n)
				}
			})
		})
	}
}

// Frames of a client that hangs up right after sending them still go out.
func TestFramesOutliveTheirClient(t *testing.T) {
	inBubble(t, virtual.Options{Bitrate: 125_000}, ServeOptions{}, func(t *testing.T, s served) {
		heard := s.wire.Attach("node").Subscribe(0)
		g := s.guestInRawMode()
		g.says(strings.Repeat("< send 123 8 1 2 3 4 5 6 7 8 >", 20))
		_ = g.Close()
		for range 20 {
			select {
			case <-heard.C():
			case <-time.After(time.Second):
				t.Fatal("a frame is missing")
			}
		}
	})
}

// A client whose frames nobody acknowledges is not kept for ever once it is gone, nor may it queue without end.
func TestStuckClient(t *testing.T) {
	inBubble(t, virtual.Options{}, ServeOptions{}, func(t *testing.T, s served) {
		a := s.guestInRawMode()
		s.wantsEvent("P joined can0, clients: 1")
		a.says("< send 123 0 >")
		began := time.Now()
		_ = a.Close()
		s.wantsEvent("P left can0, clients: 0")
		if took := time.Since(began); took > linger {
			t.Errorf("its frame waited %v", took)
		}
		b := s.guestInRawMode()
		s.wantsEvent("P joined can0, clients: 1")
		go b.floods(strings.Repeat("< send 124 0 >", 2*sendQueue))
		go io.Copy(io.Discard, b)
		s.wantsEvent("P left can0, clients: 0: the bus takes no frames")
	})
}

func TestBusCloses(t *testing.T) {
	inBubble(t, virtual.Options{}, ServeOptions{}, func(t *testing.T, s served) {
		b := s.join()
		s.wantsEvent("P joined can0, clients: 1")
		sub := b.Subscribe(0)
		_ = s.wire.Close()
		s.wantsEvent("P left can0, clients: 0: the bus was closed")
		for range sub.C() {
		}
		if err := b.Send(t.Context(), frame(1, 0)); !errors.Is(err, can.ErrClosed) {
			t.Errorf("got %v, want ErrClosed", err)
		}
	})
}

func TestServeReportsItsListener(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("no more files")
	err = Serve(t.Context(), brokenListener{l, broken}, nil, ServeOptions{})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), l.Addr().String()) {
		t.Errorf("got %v", err)
	}
}

type brokenListener struct {
	net.Listener
	err error
}

func (l brokenListener) Accept() (net.Conn, error) { return nil, l.err }
