package socketcan

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/can"
	"otabench/can/cantest"
)

// wire is the kernel's side of a bus under test.
type wire struct {
	*testing.T
	net.Conn
}

// open runs f with a bus and the other end of its connection, in virtual time.
func open(t *testing.T, f func(b *Bus, w wire)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		b := newBus("can0", near)
		defer b.Close()
		defer far.Close()
		f(b, wire{T: t, Conn: far})
	})
}

// deliver is a frame from the kernel.
func (w wire) deliver(id uint32, length byte, data ...byte) {
	w.Helper()
	if _, err := w.Write(raw(id, length, data...)); err != nil {
		w.Fatalf("deliver: %v", err)
	}
	synctest.Wait()
}

// take is the frame that the kernel got.
func (w wire) take() []byte {
	w.Helper()
	got := make([]byte, 16)
	if _, err := io.ReadFull(w, got); err != nil {
		w.Errorf("take: %v", err)
	}
	return got
}

func raw(id uint32, length byte, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, id)
	b = append(b, length, 0, 0, 0)
	return append(b, append(data, make([]byte, 8-len(data))...)...)
}

func extended(id uint32, data ...byte) can.Frame {
	f := can.New(id, data...)
	f.Flags = can.Extended
	return f
}

func errorFrame(class can.ErrorClass, data ...byte) can.Frame {
	f := can.New(class, append(data, make([]byte, 8-len(data))...)...)
	f.Flags = can.Error
	return f
}

func TestFramesBothWays(t *testing.T) {
	tests := map[string]struct {
		frame can.Frame
		raw   []byte
	}{
		"standard":     {can.New(0x7E0, 2, 0x10, 3), raw(0x7E0, 3, 2, 0x10, 3)},
		"empty":        {can.New(0), raw(0, 0)},
		"full":         {can.New(0x7FF, 1, 2, 3, 4, 5, 6, 7, 8), raw(0x7FF, 8, 1, 2, 3, 4, 5, 6, 7, 8)},
		"extended":     {extended(0x18DA10F1, 0xAA), raw(0x98DA10F1, 1, 0xAA)},
		"small 29 bit": {extended(1), raw(0x80000001, 0)},
		"remote":       {can.Frame{ID: 0x123, Flags: can.Remote, Len: 4}, raw(0x40000123, 4)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			open(t, func(b *Bus, w wire) {
				sub := b.Subscribe(2)
				go func() {
					if err := b.Send(w.Context(), test.frame); err != nil {
						t.Errorf("Send: %v", err)
					}
				}()
				if diff := cmp.Diff(test.raw, w.take()); diff != "" {
					t.Errorf("the kernel got (-want +got):\n%s", diff)
				}
				time.Sleep(time.Millisecond)
				w.deliver(binary.LittleEndian.Uint32(test.raw), test.raw[4], test.raw[8:]...)
				own, other := <-sub.C(), <-sub.C()
				start := time.Now().Add(-time.Millisecond)
				if want := (can.Received{Frame: test.frame, Own: true, Time: start}); own != want {
					t.Errorf("own frame: got %v, want %v", own, want)
				}
				if want := (can.Received{Frame: test.frame, Time: time.Now()}); other != want {
					t.Errorf("received frame: got %v, want %v", other, want)
				}
			})
		})
	}
}

func TestReceiveWhatNoKernelSends(t *testing.T) {
	tests := map[string]struct {
		id     uint32
		length byte
		data   []byte
		want   can.Frame
	}{
		"length over 8":      {0x10, 255, []byte{1, 2, 3, 4, 5, 6, 7, 8}, can.New(0x10, 1, 2, 3, 4, 5, 6, 7, 8)},
		"bytes after length": {0x10, 1, []byte{1, 2, 3}, can.New(0x10, 1)},
		"remote with data":   {0x40000010, 2, []byte{1, 2}, can.Frame{ID: 0x10, Flags: can.Remote, Len: 2}},
		"11 bits and more":   {0x00000FFF, 0, nil, can.New(0x7FF)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			open(t, func(b *Bus, w wire) {
				sub := b.Subscribe(1)
				w.deliver(test.id, test.length, test.data...)
				if got := <-sub.C(); got.Frame != test.want {
					t.Errorf("got %v, want %v", got.Frame, test.want)
				}
			})
		})
	}
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
	open(t, func(b *Bus, w wire) {
		sub, filtered := b.Subscribe(len(steps)), b.Subscribe(len(steps), can.Filter{})
		for i, step := range steps {
			id := step.frame.ID
			if step.frame.Is(can.Error) {
				id |= 0x20000000
			}
			w.deliver(id, step.frame.Len, step.frame.Data[:8]...)
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
		"FD":                         {false, fd, can.ErrorActive, can.ErrInvalid},
		"while bus-off":              {false, can.New(1), can.BusOff, can.ErrBusOff},
		"a context that ended":       {true, can.New(1), can.ErrorActive, context.Canceled},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			open(t, func(b *Bus, w wire) {
				ctx, cancel := context.WithCancel(w.Context())
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
	open(t, func(b *Bus, w wire) {
		short, cancel := context.WithTimeout(w.Context(), 20*time.Millisecond)
		defer cancel()
		start := time.Now()
		// The first holds the connection, the second waits for it.
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
		go w.take()
		if err := b.Send(w.Context(), can.New(2)); err != nil {
			t.Errorf("the bus did not survive: %v", err)
		}
	})
}

func TestOwnFrameComesBeforeItsAnswer(t *testing.T) {
	open(t, func(b *Bus, w wire) {
		var got []uint32
		b.Tap(func(r can.Received) { got = append(got, r.ID) })
		go func() {
			w.take()
			w.Write(raw(2, 0))
		}()
		if err := b.Send(w.Context(), can.New(1)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if want := []uint32{1, 2}; !slices.Equal(got, want) {
			t.Errorf("got frames %v, want %v", got, want)
		}
	})
}

func TestCloseEndsEverything(t *testing.T) {
	open(t, func(b *Bus, w wire) {
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
		if err := b.Send(w.Context(), can.New(1)); !errors.Is(err, can.ErrClosed) {
			t.Errorf("Send after Close got error %v, want %v", err, can.ErrClosed)
		}
		if got := b.State(); got != can.Stopped {
			t.Errorf("state is %v, want %v", got, can.Stopped)
		}
		if _, err := w.Read(make([]byte, 16)); err != io.EOF {
			t.Errorf("the connection is still open: %v", err)
		}
	})
}

func TestConnectionLost(t *testing.T) {
	open(t, func(b *Bus, w wire) {
		sub := b.Subscribe(1)
		w.deliver(0x10, 0)
		w.Close()
		synctest.Wait()
		if r, open := <-sub.C(); !open || r.ID != 0x10 {
			t.Errorf("got frame %v (%v), want the one from before", r, open)
		}
		if _, open := <-sub.C(); open {
			t.Error("the subscription is still open")
		}
		if err := b.Send(w.Context(), can.New(1)); !errors.Is(err, can.ErrClosed) || !errors.Is(err, io.EOF) {
			t.Errorf("got error %v, want one that wraps %v and %v", err, can.ErrClosed, io.EOF)
		}
	})
}

// faulty answers Writes with errors, as the kernel does.
type faulty struct {
	net.Conn
	errs chan error
}

func (f *faulty) Write(b []byte) (int, error) {
	select {
	case err := <-f.errs:
		return 0, &net.OpError{Op: "write", Net: "can", Err: err}
	default:
		return f.Conn.Write(b)
	}
}

func openFaulty(t *testing.T, errs []error, f func(b *Bus, w wire)) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		conn := &faulty{Conn: near, errs: make(chan error, len(errs))}
		for _, err := range errs {
			conn.errs <- err
		}
		b := newBus("can0", conn)
		defer b.Close()
		f(b, wire{T: t, Conn: far})
	})
}

func TestSendWaitsWhileTheQueueIsFull(t *testing.T) {
	openFaulty(t, slices.Repeat([]error{syscall.ENOBUFS}, 3), func(b *Bus, w wire) {
		go w.take()
		start := time.Now()
		if err := b.Send(w.Context(), can.New(1)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 3*retryAfter {
			t.Errorf("took %v, want %v", took, 3*retryAfter)
		}
	})
}

func TestQueueStaysFull(t *testing.T) {
	full := slices.Repeat([]error{syscall.ENOBUFS}, 1000)
	t.Run("until the context ends", func(t *testing.T) {
		openFaulty(t, full, func(b *Bus, w wire) {
			ctx, cancel := context.WithTimeout(w.Context(), 10*time.Millisecond+retryAfter/2)
			defer cancel()
			if err := b.Send(ctx, can.New(1)); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got error %v, want %v", err, context.DeadlineExceeded)
			}
		})
	})
	t.Run("until the bus closes", func(t *testing.T) {
		openFaulty(t, full, func(b *Bus, w wire) {
			time.AfterFunc(10*time.Millisecond+retryAfter/2, func() { b.Close() })
			if err := b.Send(w.Context(), can.New(1)); !errors.Is(err, can.ErrClosed) {
				t.Errorf("got error %v, want %v", err, can.ErrClosed)
			}
		})
	})
}

func TestInterfaceLostWhileSending(t *testing.T) {
	for _, cause := range []error{syscall.ENETDOWN, syscall.ENODEV, syscall.ENXIO, syscall.EIO} {
		t.Run(cause.Error(), func(t *testing.T) {
			openFaulty(t, []error{cause}, func(b *Bus, w wire) {
				for range 2 {
					err := b.Send(w.Context(), can.New(1))
					if !errors.Is(err, cause) || !errors.Is(err, can.ErrClosed) {
						t.Errorf("got error %v, want one that wraps %v and %v", err, can.ErrClosed, cause)
					}
				}
			})
		})
	}
}

func TestNoSuchInterface(t *testing.T) {
	_, err := Open(t.Context(), "nosuchcan9")
	if want := "socketcan:nosuchcan9: no such interface: "; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got error %v, want one that begins with %q", err, want)
	}
}

func TestHint(t *testing.T) {
	tests := map[error]string{
		os.NewSyscallError("socket", syscall.EAFNOSUPPORT):    "this kernel has no CAN (CONFIG_CAN): ",
		os.NewSyscallError("socket", syscall.EPROTONOSUPPORT): "this kernel has no raw CAN sockets (CONFIG_CAN_RAW): ",
		os.NewSyscallError("bind", syscall.ENODEV):            "not a CAN interface: ",
		os.NewSyscallError("socket", syscall.EPERM):           "",
	}
	for err, want := range tests {
		if got := hint(err); got != want {
			t.Errorf("%v: got %q, want %q", err, got, want)
		}
	}
}

func TestContract(t *testing.T) {
	cantest.TestBusInBubble(t, func(t *testing.T) (a, b can.Bus) {
		nearA, farA := net.Pipe()
		nearB, farB := net.Pipe()
		// The copies end when the buses close their ends.
		go io.Copy(farA, farB)
		go io.Copy(farB, farA)
		t.Cleanup(func() { farA.Close(); farB.Close() })
		return newBus("can0", nearA), newBus("can1", nearB)
	})
}
