package isotp_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/can/virtual"
)

// A consecutive frame that is too short is ignored (ISO 15765-2:2016, 9.6.4.2); taking it would shift what follows.
func TestShortConsecutiveFrameIsNeverTakenForData(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, virtual.Options{}, isotp.Config{}, isotp.Config{})
		raw(t, p, "7E8#1014000102030405", "7E8#21060708", "7E8#220D0E0F10111213", "7E8#2314151617")
		if got, err := p.a.Receive(t.Context(), time.Second); !errors.Is(err, isotp.ErrWrongSN) {
			t.Errorf("got % X, %v", got.Data, err)
		}
	})
}

// A flow control amid a block is unexpected: it must not stand for the one at the end of the block.
func TestUnexpectedFlowControlIsIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, virtual.Options{}, isotp.Config{}, isotp.Config{})
		sent := make(chan error, 1)
		go func() { sent <- p.a.Send(t.Context(), message(100)) }()
		_ = p.b.Close()
		time.Sleep(time.Millisecond)
		raw(t, p, "7E8#300414") // blocks of 4 at 20 ms
		time.Sleep(30 * time.Millisecond)
		raw(t, p, "7E8#300000")
		if err := <-sent; !errors.Is(err, isotp.ErrTimeoutBs) {
			t.Errorf("got %v, want a wait for the flow control that ends the block", err)
		}
	})
}

// flood is a bus whose receive path the test drives, and that can hold its senders up.
type flood struct {
	sink
	stall <-chan struct{}
}

func (f *flood) Send(ctx context.Context, _ can.Frame) error {
	select {
	case <-f.stall:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A receiver whose flow control does not get out still takes all that comes.
func TestNothingIsLostWhileFlowControlWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus, pause := &flood{}, make(chan struct{})
		bus.stall = pause
		c := openTester(t, bus)
		bus.Deliver(can.Received{Frame: can.New(0x7E8, 0x10, 20, 0, 1, 2, 3, 4, 5)})
		synctest.Wait()
		bus.Deliver(can.Received{Frame: can.New(0x7E8, 1, 0x55)}) // ends the reception
		for range 10_000 {
			bus.Deliver(can.Received{Frame: can.New(0x7E8, 0x40)}) // of no type
		}
		bus.Deliver(can.Received{Frame: can.New(0x7E8, 0x10, 9, 0, 1, 2, 3, 4, 5)})
		close(pause)
		synctest.Wait()
		bus.Deliver(can.Received{Frame: can.New(0x7E8, 0x21, 6, 7, 8)})
		if _, err := c.Receive(t.Context(), time.Second); !errors.Is(err, isotp.ErrUnexpectedPDU) {
			t.Errorf("first result: %v, want that a message ended the one before", err)
		}
		for _, want := range [][]byte{{0x55}, {0, 1, 2, 3, 4, 5, 6, 7, 8}} {
			if m, err := c.Receive(t.Context(), time.Second); err != nil || !bytes.Equal(m.Data, want) {
				t.Errorf("got % X, %v; want % X", m.Data, err, want)
			}
		}
	})
}

// What the bus lost, also of other identifiers, is named with the message that it may have broken, and with no other.
func TestLossOfTheBusIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := &flood{}
		done := make(chan struct{})
		close(done)
		bus.stall = done
		c := openTester(t, bus)
		first := can.Received{Frame: can.New(0x7E8, 0x10, 20, 0, 1, 2, 3, 4, 5)}
		bus.Deliver(can.Received{Frame: can.New(0x100), Lost: 7})
		bus.Deliver(first)
		bus.Deliver(can.Received{Frame: can.New(0x100), Lost: 2})
		bus.Deliver(can.Received{Frame: can.New(0x7E8, 0x22, 6, 7, 8, 9, 10, 11, 12)})
		_, err := c.Receive(t.Context(), time.Second)
		if !errors.Is(err, isotp.ErrWrongSN) || !errors.Is(err, isotp.ErrLost) || !strings.Contains(err.Error(), "2 frames") {
			t.Errorf("got %v, want the wrong sequence number and 2 lost frames", err)
		}
		bus.Deliver(first)
		bus.Deliver(can.Received{Frame: can.New(0x7E8, 0x22, 6, 7, 8, 9, 10, 11, 12)})
		if _, err := c.Receive(t.Context(), time.Second); !errors.Is(err, isotp.ErrWrongSN) || errors.Is(err, isotp.ErrLost) {
			t.Errorf("got %v, want the wrong sequence number alone", err)
		}
	})
}

func openTester(t *testing.T, bus can.Bus) isotp.Conn {
	t.Helper()
	c, err := isotp.Open(bus, isotp.Config{Address: isotp.Address{Tx: 0x7E0, Rx: 0x7E8}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}
