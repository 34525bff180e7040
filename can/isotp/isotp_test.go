package isotp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/can/virtual"
)

// pair is two connected nodes.
type pair struct {
	bus      *virtual.Bus
	a, b     isotp.Conn
	onA, onB can.Bus
}

// connect builds a bus with two connections; the configurations' addresses are set here.
func connect(t testing.TB, opts virtual.Options, a, b isotp.Config) *pair {
	t.Helper()
	p := &pair{bus: virtual.NewBus("test", opts)}
	t.Cleanup(func() { _ = p.bus.Close() })
	p.onA, p.onB = p.bus.Attach("a"), p.bus.Attach("b")
	a.Address = isotp.Address{Tx: 0x7E0, Rx: 0x7E8, Extended: a.Address.Extended}
	b.Address = isotp.Address{Tx: 0x7E8, Rx: 0x7E0, Extended: a.Address.Extended}
	var err error
	if p.a, err = isotp.Open(p.onA, a); err != nil {
		t.Fatal(err)
	}
	if p.b, err = isotp.Open(p.onB, b); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.a.Close(); _ = p.b.Close() })
	return p
}

func message(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}

func TestSTminIsNeverUndercutAndNoTimeIsLost(t *testing.T) {
	for us := 100; us <= 900; us += 100 {
		stmin := time.Duration(us) * time.Microsecond
		synctest.Test(t, func(t *testing.T) {
			p := connect(t, virtual.Options{Bitrate: 500_000}, isotp.Config{}, isotp.Config{STmin: stmin, BlockSize: 8})
			var ends []time.Time
			var longest time.Duration
			p.onB.Tap(func(r can.Received) {
				if r.ID != 0x7E0 || r.Data[0]>>4 != 2 {
					ends = nil // gaps count within a block
					return
				}
				bits, _ := can.Bits(r.Frame)
				const intermission = 3 // comes after the time stamp
				begin := r.Time.Add(-time.Duration(bits-intermission) * time.Second / 500_000)
				if len(ends) > 0 {
					gap := begin.Sub(ends[len(ends)-1])
					if gap < stmin {
						t.Errorf("STmin %v: a gap of %v", stmin, gap)
					}
					longest = max(longest, gap)
				}
				ends = append(ends, r.Time)
			})
			go func() { _ = p.a.Send(t.Context(), message(400)) }()
			if _, err := p.b.Receive(t.Context(), time.Second); err != nil {
				t.Fatal(err)
			}
			if longest > stmin+10*time.Microsecond {
				t.Errorf("STmin %v: %v lost", stmin, longest-stmin)
			}
		})
	}
}

func TestBothDirectionsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, virtual.Options{Bitrate: 500_000}, isotp.Config{}, isotp.Config{})
		errs := make(chan error, 2)
		go func() { errs <- p.a.Send(t.Context(), message(2000)) }()
		go func() { errs <- p.b.Send(t.Context(), message(3000)) }()
		for range 2 {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
		atB, errB := p.b.Receive(t.Context(), 0)
		atA, errA := p.a.Receive(t.Context(), 0)
		if errA != nil || errB != nil || len(atA.Data) != 3000 || len(atB.Data) != 2000 {
			t.Errorf("%d bytes, %v; %d bytes, %v", len(atA.Data), errA, len(atB.Data), errB)
		}
	})
}

func TestReceiveWaitsForTheBeginningOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, virtual.Options{Bitrate: 500_000}, isotp.Config{}, isotp.Config{STmin: 20 * time.Millisecond})
		start := time.Now()
		if _, err := p.b.Receive(t.Context(), 50*time.Millisecond); !errors.Is(err, isotp.ErrNoMessage) || time.Since(start) != 50*time.Millisecond {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		go func() { _ = p.a.Send(t.Context(), message(100)) }()
		if got, err := p.b.Receive(t.Context(), 50*time.Millisecond); err != nil || len(got.Data) != 100 {
			t.Errorf("%d bytes, %v", len(got.Data), err)
		}
		if took := time.Since(start); took < 250*time.Millisecond {
			t.Errorf("took %v, which is not with STmin", took)
		}
	})
}

// raw plays the peer of connection a, frame by frame.
func raw(t *testing.T, p *pair, frames ...string) {
	t.Helper()
	_ = p.b.Close()
	for _, text := range frames {
		f, err := can.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.onB.Send(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReceptionErrors(t *testing.T) {
	for _, tt := range []struct {
		name   string
		frames []string
		want   error
	}{
		{"wrong sequence number", []string{"7E8#1014000102030405", "7E8#220607080910"}, isotp.ErrWrongSN},
		{"missing consecutive frame", []string{"7E8#1014000102030405", "7E8#2106070809101112"}, isotp.ErrTimeoutCr},
		{"overtaken by a single frame", []string{"7E8#1014000102030405", "7E8#0177"}, isotp.ErrUnexpectedPDU},
		{"overtaken by a first frame", []string{"7E8#1014000102030405", "7E8#1014000102030405"}, isotp.ErrUnexpectedPDU},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := connect(t, virtual.Options{}, isotp.Config{}, isotp.Config{})
				raw(t, p, tt.frames...)
				if _, err := p.a.Receive(t.Context(), 100*time.Millisecond); !errors.Is(err, tt.want) {
					t.Errorf("error %v, want %v", err, tt.want)
				}
			})
		})
	}
}

func TestIgnoredFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, virtual.Options{}, isotp.Config{}, isotp.Config{})
		raw(t, p, "7E8#", "7E8#00", "7E8#08112233445566", "7E8#0511", "7E8#2101", "7E8#300000", "7E8#40", "7E8#1005001122334455",
			"7E8#10140001", "7E8#R2", "123#0111", "000007E8#0111", "7E8#0142")
		got, err := p.a.Receive(t.Context(), time.Second)
		if err != nil || fmt.Sprintf("%X", got.Data) != "42" {
			t.Errorf("%X, %v", got.Data, err)
		}
		if n := p.a.Drain(); n != 0 {
			t.Errorf("%d more messages", n)
		}
	})
}

func TestTransmissionErrors(t *testing.T) {
	for _, tt := range []struct {
		name string
		fc   []string
		want error
	}{
		{"no flow control", nil, isotp.ErrTimeoutBs},
		{"overflow", []string{"7E8#320000"}, isotp.ErrBufferOverflow},
		{"unknown flow status", []string{"7E8#370000"}, isotp.ErrInvalidFS},
		{"one wait too many", []string{"7E8#310000", "7E8#310000", "7E8#310000"}, isotp.ErrTooManyWaits},
		{"wait, then nothing", []string{"7E8#310000"}, isotp.ErrTimeoutBs},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := connect(t, virtual.Options{}, isotp.Config{MaxWait: 2}, isotp.Config{})
				sent := make(chan error, 1)
				_ = p.b.Close()
				go func() { sent <- p.a.Send(t.Context(), message(100)) }()
				time.Sleep(time.Millisecond)
				raw(t, p, tt.fc...)
				if err := <-sent; !errors.Is(err, tt.want) {
					t.Errorf("error %v, want %v", err, tt.want)
				}
			})
		})
	}
}

func TestWaitThenContinue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, virtual.Options{}, isotp.Config{MaxWait: 1}, isotp.Config{})
		_ = p.b.Close()
		sent := make(chan error, 1)
		go func() { sent <- p.a.Send(t.Context(), message(100)) }()
		time.Sleep(time.Millisecond)
		raw(t, p, "7E8#310000")
		time.Sleep(900 * time.Millisecond)
		raw(t, p, "7E8#300000")
		if err := <-sent; err != nil {
			t.Error(err)
		}
	})
}

func TestTooLongForTheReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, virtual.Options{}, isotp.Config{}, isotp.Config{MaxMessage: 50})
		if err := p.a.Send(t.Context(), message(51)); !errors.Is(err, isotp.ErrBufferOverflow) {
			t.Error(err)
		}
	})
}

func TestAloneOnTheBus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := virtual.NewBus("test", virtual.Options{})
		defer bus.Close()
		c, err := isotp.Open(bus.Attach("a"), isotp.Config{Address: isotp.Address{Tx: 1, Rx: 2}, NAs: 30 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.Send(t.Context(), []byte{1}); !errors.Is(err, isotp.ErrTimeoutA) {
			t.Error(err)
		}
	})
}

func TestCloseEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, virtual.Options{}, isotp.Config{}, isotp.Config{})
		_ = p.b.Close()
		errs := make(chan error, 2)
		go func() { errs <- p.a.Send(t.Context(), message(100)) }()
		go func() { _, err := p.a.Receive(t.Context(), 0); errs <- err }()
		synctest.Wait()
		_ = p.a.Close()
		for range 2 {
			if err := <-errs; !errors.Is(err, isotp.ErrClosed) {
				t.Error(err)
			}
		}
		if err := p.a.Send(t.Context(), message(1)); !errors.Is(err, isotp.ErrClosed) {
			t.Error(err)
		}
	})
}

func TestContexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, virtual.Options{}, isotp.Config{}, isotp.Config{})
		_ = p.b.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if err := p.a.Send(ctx, message(100)); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if _, err := p.a.Receive(ctx, 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

func TestLostFramesAreNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, virtual.Options{}, isotp.Config{}, isotp.Config{})
		count := 0
		p.bus.Inject(virtual.Fault{Match: func(f can.Frame) bool { count++; return count == 5 }, Action: virtual.Drop})
		go func() { _ = p.a.Send(t.Context(), message(100)) }()
		if _, err := p.b.Receive(t.Context(), time.Second); !errors.Is(err, isotp.ErrWrongSN) {
			t.Error(err)
		}
	})
}

func TestFunctional(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, virtual.Options{}, isotp.Config{}, isotp.Config{Functional: 0x7DF})
		f, err := isotp.OpenFunctional(p.onA, 0x7DF, isotp.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Send(t.Context(), []byte{0x3E, 0x80}); err != nil {
			t.Fatal(err)
		}
		got, err := p.b.Receive(t.Context(), time.Second)
		if err != nil || !got.Functional || !bytes.Equal(got.Data, []byte{0x3E, 0x80}) {
			t.Errorf("%+v, %v", got, err)
		}
		if err := f.Send(t.Context(), message(8)); err == nil {
			t.Error("8 bytes were sent functionally")
		}
		// A multi-frame message on the functional identifier is nobody's.
		if err := p.onA.Send(t.Context(), can.New(0x7DF, 0x10, 20, 1, 2, 3, 4, 5, 6)); err != nil {
			t.Fatal(err)
		}
		if _, err := p.b.Receive(t.Context(), time.Millisecond); !errors.Is(err, isotp.ErrNoMessage) {
			t.Error(err)
		}
	})
}

func TestConfigErrors(t *testing.T) {
	bus := virtual.NewBus("test", virtual.Options{})
	defer bus.Close()
	ok := isotp.Address{Tx: 1, Rx: 2}
	for _, cfg := range []isotp.Config{
		{Address: isotp.Address{Tx: 0x800, Rx: 1}},
		{Address: isotp.Address{Tx: 1, Rx: 1}},
		{Address: isotp.Address{Tx: 1, Rx: 2, Format: 3}},
		{Address: isotp.Address{Tx: 1, Rx: 2, TxByte: 1}},
		{Address: isotp.Address{Tx: 1, Rx: 2, Format: isotp.MixedFormat, TxByte: 1, RxByte: 2}},
		{Address: isotp.Address{Tx: 1, Rx: 1, Format: isotp.ExtendedFormat, TxByte: 1, RxByte: 1}},
		{Address: ok, Functional: 0x800},
		{Address: ok, BRS: true},
		{Address: ok, MaxWait: -1},
		{Address: ok, NBr: -1},
		{Address: ok, STmin: 150 * time.Microsecond},
		{Address: ok, MaxMessage: 1 << 30},
		{Address: ok, TxDL: 64},
		{Address: ok, FD: true, TxDL: 13},
		{Address: ok, STmin: time.Second},
	} {
		if _, err := isotp.Open(bus.Attach("a"), cfg); err == nil {
			t.Errorf("%+v was accepted", cfg)
		}
	}
}

func TestListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, virtual.Options{}, isotp.Config{}, isotp.Config{BlockSize: 4, Functional: 0x7DF})
		l := isotp.NewListener(isotp.Address{Tx: 0x7E0, Rx: 0x7E8}, 0x7DF)
		var seen []string
		var whole []byte
		p.onA.Tap(func(r can.Received) {
			if pdu, ok := l.Observe(r); ok {
				seen = append(seen, describe(pdu))
				if pdu.Complete && pdu.Length > 7 {
					whole = bytes.Clone(pdu.Data)
				}
			}
		})
		for _, n := range []int{3, 20} {
			go func() { _ = p.a.Send(t.Context(), message(n)) }()
			if _, err := p.b.Receive(t.Context(), 0); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.onA.Send(t.Context(), can.New(0x123)); err != nil {
			t.Fatal(err)
		}
		want := "[SF tx 3/3, FF tx 6/20, FC rx CTS BS 4 STmin 0s, CF tx 1 from 6 13/20, CF tx 2 from 13 20/20]"
		if got := "[" + strings.Join(seen, ", ") + "]"; got != want {
			t.Errorf("seen %v", got)
		}
		if !bytes.Equal(whole, message(20)) {
			t.Errorf("whole message % X", whole)
		}
	})
}

func describe(p isotp.PDU) string {
	way := map[bool]string{true: "tx", false: "rx"}[p.Tx]
	switch p.Kind {
	case isotp.FlowControl:
		return fmt.Sprintf("%v %s %v BS %d STmin %v", p.Kind, way, p.Status, p.BlockSize, p.STmin)
	case isotp.ConsecutiveFrame:
		return fmt.Sprintf("%v %s %d from %d %d/%d", p.Kind, way, p.Sequence, p.Offset, len(p.Data), p.Length)
	}
	return fmt.Sprintf("%v %s %d/%d", p.Kind, way, len(p.Data), p.Length)
}

// sink is a bus that takes everything and hears what the fuzzer says.
type sink struct{ can.Fanout }

func (*sink) String() string                        { return "sink" }
func (*sink) Send(context.Context, can.Frame) error { return nil }
func (*sink) State() can.State                      { return can.ErrorActive }
func (s *sink) Close() error                        { s.CloseAll(); return nil }

func FuzzReceive(f *testing.F) {
	f.Add([]byte{8, 0x10, 0x14, 0, 1, 2, 3, 4, 5, 8, 0x21, 6, 7, 8, 9, 10, 11, 12})
	f.Add([]byte{8, 0x10, 0, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2})
	f.Add([]byte{12, 0xAA, 0x10, 0, 0, 0, 0x20, 0, 1, 2, 3, 4, 5, 8, 0xAA, 0x21, 6, 7, 8, 9, 10, 11})
	formats := []isotp.Address{
		{Tx: 1, Rx: 2},
		{Tx: 1, Rx: 2, Format: isotp.ExtendedFormat, TxByte: 0x55, RxByte: 0xAA},
		{Tx: 1, Rx: 2, Format: isotp.MixedFormat, TxByte: 0xAA, RxByte: 0xAA},
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		synctest.Test(t, func(t *testing.T) {
			address := formats[len(script)%len(formats)]
			bus := &sink{}
			defer bus.Close()
			c, err := isotp.Open(bus, isotp.Config{
				Address: address, Functional: 3, FunctionalByte: address.RxByte, MaxWait: len(script) % 2, BlockSize: uint8(len(script) % 5),
			})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			l := isotp.NewListener(address, 3)
			l.FunctionalByte(address.TxByte)
			for len(script) > 0 {
				n := min(int(script[0]&63), len(script)-1)
				r := can.Received{Frame: can.Frame{ID: 1 + uint32(script[0]>>6), Flags: can.FD, Len: uint8(n)}}
				copy(r.Data[:], script[1:1+n])
				script = script[1+n:]
				bus.Deliver(r)
				if pdu, ok := l.Observe(r); ok && len(pdu.Data) > pdu.Length {
					t.Errorf("%d of %d bytes", len(pdu.Data), pdu.Length)
				}
			}
			synctest.Wait()
			for {
				m, err := c.Receive(t.Context(), time.Millisecond)
				if errors.Is(err, isotp.ErrNoMessage) {
					break
				}
				if len(m.Data) > 4095 {
					t.Errorf("a message of %d bytes", len(m.Data))
				}
			}
		})
	})
}

func BenchmarkTransfer512KiB(b *testing.B) {
	p := connect(b, virtual.Options{}, isotp.Config{}, isotp.Config{})
	block := message(4095)
	b.SetBytes(128 * 4095)
	for b.Loop() {
		go func() {
			for range 128 {
				_ = p.a.Send(b.Context(), block)
			}
		}()
		for range 128 {
			if _, err := p.b.Receive(b.Context(), 0); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func Example() {
	bus := virtual.NewBus("demo", virtual.Options{})
	defer bus.Close()
	tester, _ := isotp.Open(bus.Attach("tester"), isotp.Config{Address: isotp.Address{Tx: 0x7E0, Rx: 0x7E8}})
	unit, _ := isotp.Open(bus.Attach("unit"), isotp.Config{Address: isotp.Address{Tx: 0x7E8, Rx: 0x7E0}})
	defer tester.Close()
	defer unit.Close()

	if err := tester.Send(context.Background(), []byte{0x22, 0xF1, 0x90}); err != nil {
		fmt.Println(err)
	}
	m, err := unit.Receive(context.Background(), time.Second)
	fmt.Printf("% X %v\n", m.Data, err)
	// Output: 22 F1 90 <nil>
}
