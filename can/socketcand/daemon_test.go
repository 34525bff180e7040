package socketcand

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
)

// daemon is a server that says what a test has it say, at first what the socketcand daemon says.
type daemon struct {
	conn  net.Conn
	in    elements
	knows []string    // commands beyond the daemon's, about whose missing arguments it is silent
	mute  bool        // it does not say which commands are unknown to it
	deaf  atomic.Bool // it answers nothing once a frame is to be sent
}

// meet connects a client to a daemon, in virtual time.
func meet(t *testing.T, setUp func(*daemon), f func(t *testing.T, d *daemon, b *Bus)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		d := &daemon{conn: there, in: newElements(there)}
		if setUp != nil {
			setUp(d)
		}
		go d.run()
		b, err := join(t.Context(), here, "socketcand://daemon/can0", "can0", defaultTimeout)
		if err != nil {
			t.Fatal(err)
		}
		f(t, d, b)
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		_ = there.Close()
	})
}

// say writes what the daemon says. Nobody may be there to hear it.
func (d *daemon) say(text ...string) { _, _ = io.WriteString(d.conn, strings.Join(text, "")) }

func (d *daemon) run() {
	d.say("< hi >")
	for {
		element, err := d.in.next()
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.TrimSpace(string(element)), " ")
		switch {
		case verb == "open", verb == "rawmode":
			d.say("< ok >")
		case d.deaf.Load():
		case verb == "echo":
			d.say("< echo >")
		case verb == "send" && string(bytes.TrimSpace(element)) == "send 666 0": // so that a test can have a complaint
			d.say("< error no such number >")
		case verb == "send":
		case slices.Contains(d.knows, verb), d.mute:
		default:
			d.say("< error unknown command >")
		}
	}
}

func TestForms(t *testing.T) {
	tests := []struct {
		name  string
		knows []string
		mute  bool
		want  forms
	}{
		{"the daemon", nil, false, forms{}},
		{"with fdsend", []string{"fdsend"}, false, forms{fd: fdFlagged}},
		{"with sendfd", []string{"sendfd"}, false, forms{fd: fdBare}},
		{"with both", []string{"sendfd", "fdsend"}, false, forms{fd: fdFlagged}},
		{"with sendrtr", []string{"sendrtr"}, false, forms{remote: true}},
		{"one that does not tell", nil, true, forms{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			meet(t, func(d *daemon) { d.knows, d.mute = tt.knows, tt.mute }, func(t *testing.T, _ *daemon, b *Bus) {
				if b.forms != tt.want {
					t.Errorf("got %+v, want %+v", b.forms, tt.want)
				}
			})
		})
	}
}

func TestSendToDaemon(t *testing.T) {
	meet(t, nil, func(t *testing.T, d *daemon, b *Bus) {
		sub := b.Subscribe(0)
		before := time.Now()
		if err := b.Send(t.Context(), frame(1, 0, 2)); err != nil {
			t.Fatal(err)
		}
		if r := <-sub.C(); !r.Own || r.Frame != frame(1, 0, 2) || !r.Time.Equal(before) {
			t.Errorf("own frame %+v, want it from %v", r, before)
		}
		if err := b.Send(t.Context(), frame(0x666, 0)); err == nil || !strings.Contains(err.Error(), "no such number") {
			t.Errorf("got error %v, want the daemon's", err)
		}
		if err := b.Send(t.Context(), frame(2, 0)); err != nil {
			t.Errorf("after an error: %v", err)
		}
		for _, f := range []can.Frame{frame(1, can.FD), remote(1, 0, 0)} {
			if err := b.Send(t.Context(), f); !errors.Is(err, can.ErrInvalid) {
				t.Errorf("%v: got %v, want an error that wraps ErrInvalid", f, err)
			}
		}
	})
}

func TestReceiveFromDaemon(t *testing.T) {
	meet(t, nil, func(t *testing.T, d *daemon, b *Bus) {
		sub := b.Subscribe(0)
		passive := problem(can.ClassController, 0, can.CtrlRxPassive)
		d.say("noise< frame 123 1.000000 0102 >< frame what? >< frame < frame 00000123 1.000100  >\n< error 040 1.000200 >")
		d.say("< error 004 1.000300 00 10 00 00 00 00 00 00 >< stat 1 2 3 4 >")
		want := []can.Received{
			{Frame: frame(0x123, 0, 1, 2)},
			{Frame: frame(0x123, can.Extended), Lost: 1},
			{Frame: problem(can.ClassBusOff)},
			{Frame: passive},
		}
		began := time.Now()
		for _, w := range want {
			r := <-sub.C()
			if r.Frame != w.Frame || r.Lost != w.Lost || r.Time.After(time.Now()) || r.Time.Before(began) {
				t.Errorf("got %+v, want %+v", r, w)
			}
		}
		synctest.Wait()
		if b.State() != can.ErrorPassive {
			t.Errorf("state %v", b.State())
		}
	})
}

// What ends a connection is a fault of the bus: Sends fail, subscriptions end, the state is stopped.
func TestFaults(t *testing.T) {
	tests := []struct {
		name   string
		happen func(d *daemon)
		cause  error
		within time.Duration
		say    string
	}{
		{"hung up", func(d *daemon) { d.conn.Close() }, errHungUp, 0, "closed it"},
		{
			"hung up with a word", func(d *daemon) { d.say("< error bus closed >"); d.conn.Close() }, errHungUp, 0,
			"after it said: bus closed",
		},
		{"silent", func(d *daemon) { d.deaf.Store(true) }, errStalled, defaultTimeout, "does not answer"},
		{"answers too much", func(d *daemon) { d.say("< echo >") }, errConfused, 0, "was not sent"},
		{
			"an endless element", func(d *daemon) { d.say("< frame " + strings.Repeat("0", maxElement)) }, errTooLong, 0,
			"16 KiB",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			meet(t, nil, func(t *testing.T, d *daemon, b *Bus) {
				sub := b.Subscribe(0)
				synctest.Wait() // the daemon rests
				began := time.Now()
				tt.happen(d)
				synctest.Wait()
				err := b.Send(t.Context(), frame(1, 0))
				for range sub.C() {
				}
				if took := time.Since(began); took > tt.within {
					t.Errorf("took %v, want up to %v", took, tt.within)
				}
				if err == nil { // the daemon took the frame and ended then
					err = b.Send(t.Context(), frame(2, 0))
				}
				if !errors.Is(err, can.ErrClosed) || !errors.Is(err, tt.cause) || !strings.Contains(err.Error(), tt.say) {
					t.Errorf("got error %v, want one that wraps %v and %v and says %q", err, can.ErrClosed, tt.cause, tt.say)
				}
				if b.State() != can.Stopped {
					t.Errorf("state %v, want stopped", b.State())
				}
			})
		})
	}
}

// A server that takes no bytes is found by the time that writing takes.
func TestTakesNoBytes(t *testing.T) {
	meet(t, nil, func(t *testing.T, d *daemon, b *Bus) {
		synctest.Wait()
		d.conn.SetReadDeadline(time.Unix(1, 0)) // its reader ends
		began := time.Now()
		err := b.Send(context.Background(), frame(1, 0))
		if took := time.Since(began); !errors.Is(err, can.ErrClosed) || took > defaultTimeout {
			t.Errorf("after %v: got error %v, want one that wraps ErrClosed", took, err)
		}
	})
}

// Sends that were given up still count until the server has answered them, so that a server cannot be flooded.
func TestUnansweredSends(t *testing.T) {
	meet(t, nil, func(t *testing.T, d *daemon, b *Bus) {
		synctest.Wait()
		d.deaf.Store(true)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		results := make(chan error)
		const sends = maxUnanswered + 5
		for i := range sends {
			go func() { results <- b.Send(ctx, frame(uint32(i), 0)) }()
		}
		for range sends {
			if err := <-results; !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got error %v, want the context's", err)
			}
		}
		if len(b.window) != maxUnanswered {
			t.Errorf("%d frames are unanswered, want %d", len(b.window), maxUnanswered)
		}
		sub := b.Subscribe(sends)
		d.deaf.Store(false)
		d.say(strings.Repeat("< echo >", maxUnanswered))
		if err := b.Send(t.Context(), frame(1, 0)); err != nil {
			t.Error(err)
		}
		if n := len(sub.C()); n != maxUnanswered+1 {
			t.Errorf("%d own frames, want those that were given up and one", n)
		}
	})
}

// Frames that could not be read after the last one that could be are told at the end.
func TestLostAtTheEnd(t *testing.T) {
	meet(t, nil, func(t *testing.T, d *daemon, b *Bus) {
		sub := b.Subscribe(0)
		d.say("< lost 3 >< frame >")
		d.conn.Close()
		if r := <-sub.C(); r.Lost != 4 || !r.Is(can.Error) || r.Data[1] != can.CtrlRxOverflow {
			t.Errorf("got %+v, want an overflow of 4 frames", r)
		}
	})
}

func TestIdleConnectionLasts(t *testing.T) {
	meet(t, nil, func(t *testing.T, _ *daemon, b *Bus) {
		time.Sleep(time.Hour)
		if err := b.Send(t.Context(), frame(1, 0)); err != nil {
			t.Error(err)
		}
	})
}

func TestJoinFails(t *testing.T) {
	tests := []struct {
		name, script string
		want         error
		say          string
	}{
		{"says nothing", "", nil, "no greeting"},
		{"hangs up", "!", io.EOF, "no greeting"},
		{"another protocol", "HTTP/1.1 400 Bad Request\r\n\r\n!", io.EOF, "no greeting"},
		{"endless", strings.Repeat("x", 2*maxElement), errTooLong, "no greeting"},
		{
			"refuses the bus", "< hi >< error could not open bus >", ErrRefused,
			"< open can0 >: the server refused: could not open bus",
		},
		{"refuses raw mode", "< hi >< ok >< error no >", ErrRefused, "< rawmode >"},
		{"says nothing then", "< hi >< ok >< ok >", os.ErrDeadlineExceeded, "ask for forms"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				here, there := net.Pipe()
				go io.Copy(io.Discard, there)
				go func() {
					text, hangUp := strings.CutSuffix(tt.script, "!")
					_, _ = io.WriteString(there, text)
					if hangUp {
						there.Close()
					}
				}()
				began := time.Now()
				b, err := join(t.Context(), here, "socketcand://x/can0", "can0", defaultTimeout)
				if b != nil || err == nil || !strings.Contains(err.Error(), tt.say) {
					t.Fatalf("got %v, %v; want an error that says %q", b, err, tt.say)
				}
				if tt.want != nil && !errors.Is(err, tt.want) {
					t.Errorf("got %v, want an error that wraps %v", err, tt.want)
				}
				if took := time.Since(began); took > defaultTimeout {
					t.Errorf("took %v", took)
				}
				there.Close()
			})
		})
	}
}

func TestJoinEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe()
		defer there.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := join(ctx, here, "socketcand://x/can0", "can0", defaultTimeout)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the context's error", err)
		}
	})
}

func TestDialFails(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := l.Addr().String()
	l.Close()
	for _, tt := range []struct{ address, name, say string }{
		{free, "can0", "socketcand://" + free + "/can0: dial tcp"},
		{free, "", "no bus is named"},
		{free, "can 0", `"can 0" cannot be the name`},
		{free, "<can0>", "cannot be the name"},
		{free, strings.Repeat("c", 17), "at most 16 bytes"},
		{"nonsense", "can0", "missing port"},
	} {
		if _, err := Dial(t.Context(), tt.address, tt.name, Options{}); err == nil || !strings.Contains(err.Error(), tt.say) {
			t.Errorf("%s %q: got %v, want an error that says %q", tt.address, tt.name, err, tt.say)
		}
	}
}
