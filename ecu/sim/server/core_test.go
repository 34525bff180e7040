package server_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

func TestSessions(t *testing.T) {
	refused := error(uds.VoltageTooLow)
	cfg := server.Config{Sessions: sessions()}
	programming := cfg.Sessions[0x02]
	programming.Gate = func(context.Context, server.Call) error { return refused }
	cfg.Sessions[0x02] = programming
	var entered [][2]byte
	cfg.OnSession = func(from, to byte) { entered = append(entered, [2]byte{from, to}) }
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{
			{"10", "7F1013"},
			{"10 55", "7F1012"},
			{"10 02", "7F107E"},    // not from the default session
			{"10 02 00", "7F107E"}, // which goes before the length
			{"10 03 00", "7F1013"},
			{"10 83", ""},
			{"10 02", "7F1093"},
			{"10 03", "5003003201F4"},
		})
		refused = nil
		r.talk([]exchange{
			{"10 02", "5002001901F4"},
			{"BA", "7FBA11"},
			{"3E 00", "7E00"},
			{"3E 80", ""},
			{"3E 01", "7F3E12"},
			{"3E 00 00", "7F3E13"},
			{"11 01", "7F1111"},
		})
	})
	if want := [][2]byte{{1, 3}, {3, 3}, {3, 2}}; !slices.Equal(entered, want) {
		t.Errorf("sessions changed %v, want %v", entered, want)
	}
}

func TestSessionTimeout(t *testing.T) {
	var session atomic.Uint32
	cfg := server.Config{
		Sessions: sessions(), S3: 5 * time.Second, OnSession: func(_, to byte) { session.Store(uint32(to)) },
	}
	with(t, cfg, func(r *rig) {
		r.says("10 03", "5003..")
		for range 3 {
			time.Sleep(3900 * time.Millisecond)
			r.says("3E 80", "") // waits another second
		}
		if last := session.Load(); last != 0x03 {
			t.Errorf("kept alive, the session is %02X", last)
		}
		time.Sleep(3999 * time.Millisecond)
		synctest.Wait()
		if last := session.Load(); last != 0x03 {
			t.Errorf("after 4.999 s the session is %02X", last)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if last := session.Load(); last != uint32(server.DefaultSession) {
			t.Errorf("after 5 s the session is %02X", last)
		}
	})
}

// slow is a server with a routine that takes its time.
func slow(d time.Duration) server.Config {
	return server.Config{Sessions: sessions(), Routines: &server.Routines{Find: server.RoutineTable{
		0xFF00: {Start: func(context.Context, server.Call, []byte) ([]byte, error) {
			time.Sleep(d)
			return []byte{0}, nil
		}},
	}}}
}

func TestPending(t *testing.T) {
	with(t, slow(10*time.Second), func(r *rig) {
		r.says("10 03", "5003..")
		begin := time.Now()
		r.send(unhex("31 81 FF00"))
		at := func(want string, after time.Duration) {
			t.Helper()
			r.matches("31", want, <-r.responses)
			if took := time.Since(begin); took != after {
				t.Errorf("%s came after %v, want %v", want, took, after)
			}
		}
		at("7F3178", 37500*time.Microsecond)
		r.says("22 F190", "7F2221")
		r.says("3E 80", "")
		begin = begin.Add(37500 * time.Microsecond)
		at("7F3178", 3750*time.Millisecond)
		at("7F3178", 7500*time.Millisecond)
		begin = begin.Add(-37500 * time.Microsecond)
		at("7101FF0000", 10*time.Second) // although it was to be suppressed
		time.Sleep(4900 * time.Millisecond)
		r.says("10 02", "5002..") // S3 began with the response
	})
}

func TestSuppressedWithoutPending(t *testing.T) {
	with(t, slow(10*time.Millisecond), func(r *rig) {
		r.says("31 81 FF00", "")
		r.says("31 82 FF00", "7F3112")
	})
}

// A negative response of five kinds is not sent to all testers; after responsePending each is.
func TestFunctional(t *testing.T) {
	cfg := slow(time.Second)
	cfg.Custom = map[byte]server.Custom{0xBB: {Handle: func(context.Context, server.Call, []byte) ([]byte, error) {
		time.Sleep(time.Second)
		return nil, uds.RequestOutOfRange
	}}}
	cfg.ReadData = &server.ReadData{}
	cfg.Reset = &server.Reset{Access: notDefault}
	with(t, cfg, func(r *rig) {
		for _, e := range []exchange{
			{"3E 00", "7E00"},
			{"BA", ""},
			{"10 55", ""},
			{"10 02", ""},
			{"22 1234", ""},
			{"11 01", ""},
			{"10", "7F1013"},
			{"BB", "7FBB31"},
		} {
			r.requests <- isotp.Message{Data: unhex(e.request), Functional: true}
			got := r.heard()
			if len(got) == 3 && got[2] == byte(uds.ResponsePending) {
				got = r.heard()
			}
			r.matches(e.request, e.response, got)
		}
	})
}

func TestReset(t *testing.T) {
	var resets []byte
	refused := uds.EngineIsRunning
	cfg := server.Config{Sessions: sessions(), Reset: &server.Reset{PowerDownTime: 7, Kinds: map[byte]server.ResetKind{
		0x01: {Do: func() { resets = append(resets, 0x01) }},
		0x02: {Gate: func(context.Context, server.Call) error { return refused }},
		0x03: {Access: extended},
		0x04: {},
		0x05: {},
	}}}
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{
			{"11 03", "7F117E"},
			{"11 06", "7F1112"},
			{"11 01 00", "7F1113"},
			{"11 02", "7F1183"},
			{"11 04", "510407"},
			{"11 05", "5105"},
			{"10 03", "5003.."},
			{"11 03", "5103"},
			{"11 03", "7F117E"},
			{"11 81", ""},
		})
		synctest.Wait()
		if !bytes.Equal(resets, []byte{0x01}) {
			t.Errorf("resets % X", resets)
		}
	})
}

func TestServeEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := false
		cfg := server.Config{Custom: map[byte]server.Custom{0xBB: {Handle: func(ctx context.Context, _ server.Call, _ []byte) ([]byte, error) {
			<-ctx.Done()
			ended = true
			return nil, ctx.Err()
		}}}}
		w := newWire()
		s, err := server.New(w, cfg)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		w.requests <- isotp.Message{Data: []byte{0xBB}}
		time.AfterFunc(time.Second, cancel)
		if err := s.Serve(ctx); !errors.Is(err, context.Canceled) || !ended {
			t.Errorf("Serve ends with %v, the job ended %v", err, ended)
		}
	})
}

func TestConfigIsChecked(t *testing.T) {
	for name, cfg := range map[string]server.Config{
		"session 0":       {Sessions: map[byte]server.Session{0: {}}},
		"session 80":      {Sessions: map[byte]server.Session{0x80: {}}},
		"P2 too long":     {Sessions: map[byte]server.Session{3: {P2: 66 * time.Second}}},
		"P2* too short":   {Sessions: map[byte]server.Session{3: {P2Star: time.Millisecond}}},
		"S3":              {S3: -1},
		"even level":      {Security: &server.Security{Levels: map[byte]server.Level{2: level()}}},
		"level past 7D":   {Security: &server.Security{Levels: map[byte]server.Level{0x7F: level()}}},
		"no algorithm":    {Security: &server.Security{Levels: map[byte]server.Level{1: {SeedLength: 4}}}},
		"download blocks": {Download: &server.Download{MaxBlock: 2}},
	} {
		if _, err := server.New(newWire(), cfg); !errors.Is(err, server.ErrConfig) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
