package isotp_test

import (
	"bytes"
	"context"
	"errors"
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

func TestLossIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := &flood{}
		c, err := isotp.Open(bus, isotp.Config{Address: isotp.Address{Tx: 0x7E0, Rx: 0x7E8}})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		pause := make(chan struct{})
		bus.stall = pause // its flow control does not get out, so it takes no frames
		bus.Deliver(can.Received{Frame: can.New(0x7E8, 0x10, 20, 0, 1, 2, 3, 4, 5)})
		synctest.Wait()
		bus.Deliver(can.Received{Frame: can.New(0x7E8, 1, 0x55)}) // ends the reception
		for range 10_000 {
			bus.Deliver(can.Received{Frame: can.New(0x7E8, 0x40)}) // of no type, so nothing but the loss shows
		}
		close(pause)
		if _, err := c.Receive(t.Context(), time.Second); !errors.Is(err, isotp.ErrLost) {
			t.Errorf("first result: %v, want the loss", err)
		}
		if m, err := c.Receive(t.Context(), time.Second); err != nil || !bytes.Equal(m.Data, []byte{0x55}) {
			t.Errorf("got % X, %v", m.Data, err)
		}
	})
}
