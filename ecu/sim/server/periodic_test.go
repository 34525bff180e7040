package server_test

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
	"otabench/ecu/sim/server"
)

func periodic(bus can.Bus) server.Config {
	secret := server.Value(1)
	secret.ReadAccess = server.Access{Levels: []byte{0x01}}
	p := &server.Periodic{Access: notDefault, Slow: time.Second, Fast: 100 * time.Millisecond, MaxIDs: 2}
	if bus != nil {
		p.Send = server.UUDT(bus, 0x7EA, false, new(byte(0xAA)))
	}
	return server.Config{
		Sessions: sessions(), Periodic: p, Dynamic: &server.Dynamic{},
		Data: server.DIDs{
			0xF200: server.Value(1, 2), 0xF201: server.Value(3), 0xF202: secret, 0xF203: server.Value(make([]byte, 8)...), 0xF204: server.Value(4),
		},
	}
}

func TestPeriodic(t *testing.T) {
	with(t, periodic(nil), func(r *rig) {
		r.talk([]exchange{
			{"2A 01 00", "7F2A7F"},
			{"10 03", "5003.."},
			{"2A", "7F2A13"},
			{"2A 01", "7F2A13"},
			{"2A 02 00", "7F2A31"},
			{"2A 05 00", "7F2A31"},
			{"2A 01 10", "7F2A31"},
			{"2A 01 00 02", "7F2A33"},
			{"2A 01 00 01 04", "7F2A31"},
			{"2A 04", "6A"},
		})
		begin := time.Now()
		heard := func(want ...string) { r.hears(begin, want...) }
		r.send(unhex("2A 01 00 01 00 10"))
		heard("0s 6A", "0s 000102", "0s 0103", "1s 000102", "1s 0103")
		r.send(unhex("2A 03 01"))
		heard("1s 6A", "1s 0103", "1.1s 0103", "1.2s 0103")
		r.send(unhex("2A 04 01"))
		heard("1.2s 6A", "2s 000102")
		r.says("10 02", "5002..") // ends it
		if got := r.heard(); got != nil {
			t.Errorf("in another session %X was sent", got)
		}
		r.talk([]exchange{{"2C 01 F210 F200 01 01", "6C01F210"}})
		begin = time.Now()
		r.send(unhex("2A 01 10"))
		heard("0s 6A", "0s 1001")
		r.says("2C 03 F210", "6C03F210")
		if got := r.heard(); got != nil {
			t.Errorf("an identifier that is no more was sent: %X", got)
		}
	})
}

// While a request is worked on, nothing is sent; afterwards the rhythm begins anew.
func TestPeriodicWaitsForRequest(t *testing.T) {
	cfg := periodic(nil)
	cfg.Routines = slow(2500 * time.Millisecond).Routines
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{{"10 03", "5003.."}, {"2A 03 01", "6A"}})
		begin := time.Now()
		r.hears(begin, "0s 0103", "100ms 0103")
		r.send(unhex("31 01 FF00"))
		r.hears(begin, "137.5ms 7F3178", "2.6s 7101FF0000", "2.6s 0103", "2.7s 0103")
	})
}

func TestUUDT(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := virtual.NewBus("test", virtual.Options{})
		defer bus.Close()
		var frames []string
		tester := bus.Attach("tester")
		defer tester.Tap(func(r can.Received) { frames = append(frames, fmt.Sprintf("%X %X", r.ID, r.Payload())) })()
		ecu := bus.Attach("ecu")
		send := server.UUDT(ecu, 0x1ABCDEF, true, nil)
		if err := errors.Join(send(t.Context(), []byte{1, 2}), server.UUDT(ecu, 0x7EA, false, new(byte(0xAA)))(t.Context(), []byte{1, 2})); err != nil {
			t.Fatal(err)
		}
		if err := send(t.Context(), make([]byte, 9)); err == nil {
			t.Error("9 bytes fit a frame")
		}
		if want := []string{"1ABCDEF 0102", "7EA 0102AAAAAAAAAAAA"}; !slices.Equal(frames, want) {
			t.Errorf("frames %v, want %v", frames, want)
		}
	})
}

// Data that do not fit a frame of their own cannot be sent in one; what cannot be sent is reported.
func TestPeriodicFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := virtual.NewBus("test", virtual.Options{})
		var reported error
		cfg := periodic(bus.Attach("ecu"))
		cfg.Report = func(err error) { reported = errors.Join(reported, err) }
		r := &rig{t, newWire()}
		s, err := server.New(r.wire, cfg)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Serve(ctx) }()
		sent := 0
		stop := bus.Attach("tester").Tap(func(can.Received) { sent++ })
		r.talk([]exchange{{"10 03", "5003.."}, {"2A 03 03", "7F2A31"}, {"2A 03 00", "6A"}})
		time.Sleep(time.Second)
		synctest.Wait()
		stop()
		_ = bus.Close()
		time.Sleep(time.Second)
		cancel()
		<-done
		if sent != 11 || !errors.Is(reported, can.ErrClosed) {
			t.Errorf("%d frames were sent, %v was reported", sent, reported)
		}
	})
}
