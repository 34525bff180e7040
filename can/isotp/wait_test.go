package isotp_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/can/virtual"
)

// inbox is how many messages wait to be received before a sender has to wait.
const inbox = 64

// A receiver that has no room lets its sender wait, and lets it go on once there is some.
func TestReceiverWithoutRoomLetsTheSenderWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, virtual.Options{Bitrate: 500_000}, isotp.Config{MaxWait: 10}, isotp.Config{MaxWait: 10})
		var waits atomic.Int64
		p.onA.Tap(func(r can.Received) {
			if r.ID == 0x7E8 && r.Data[0] == 0x31 {
				waits.Add(1)
			}
		})
		for range inbox {
			if err := p.a.Send(t.Context(), message(3)); err != nil {
				t.Fatal(err)
			}
		}
		sent := make(chan error, 1)
		go func() { sent <- p.a.Send(t.Context(), message(20)) }()
		time.Sleep(1800 * time.Millisecond) // 4 wait frames, each after half of N_Bs
		if n := waits.Load(); n != 4 {
			t.Errorf("%d wait frames, want 4", n)
		}
		for range inbox {
			if m, err := p.b.Receive(t.Context(), 0); err != nil || len(m.Data) != 3 {
				t.Fatal(m, err)
			}
		}
		if m, err := p.b.Receive(t.Context(), time.Second); err != nil || len(m.Data) != 20 {
			t.Errorf("%d bytes, %v", len(m.Data), err)
		}
		if err := <-sent; err != nil {
			t.Error(err)
		}
	})
}

func TestReceiverWithoutRoomGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, virtual.Options{}, isotp.Config{MaxWait: 10}, isotp.Config{MaxWait: 3, NBr: 100 * time.Millisecond})
		for range inbox {
			if err := p.a.Send(t.Context(), message(3)); err != nil {
				t.Fatal(err)
			}
		}
		start := time.Now()
		if err := p.a.Send(t.Context(), message(20)); !errors.Is(err, isotp.ErrBufferOverflow) {
			t.Errorf("error %v, want %v", err, isotp.ErrBufferOverflow)
		}
		if took := time.Since(start); took != 300*time.Millisecond {
			t.Errorf("it took %v, want three times N_Br", took)
		}
		lost := false
		for range inbox + 1 {
			_, err := p.b.Receive(t.Context(), time.Millisecond)
			lost = lost || errors.Is(err, isotp.ErrBusy)
		}
		if !lost {
			t.Errorf("the receiver was not told of the loss")
		}
	})
}
