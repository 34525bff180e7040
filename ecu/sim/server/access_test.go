package server_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

func TestSecurityAccess(t *testing.T) {
	moving := level()
	moving.Gate = func(_ context.Context, _ server.Call, record []byte) error {
		if len(record) != 1 {
			return uds.IncorrectMessageLengthOrInvalidFormat
		}
		return errors.New("the vehicle moves")
	}
	inProgramming := level()
	inProgramming.Access = server.Access{Sessions: []byte{0x02}}
	cfg := server.Config{Sessions: sessions(), Security: &server.Security{
		Access: notDefault, Levels: map[byte]server.Level{0x01: level(), 0x03: inProgramming, 0x05: moving},
	}}
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{
			{"27 01", "7F277F"},
			{"10 03", "5003.."},
			{"27", "7F2713"},
			{"27 07", "7F2712"},
			{"27 03", "7F277E"},
			{"27 04", "7F277E"},
			{"27 01 00", "7F2713"},
			{"27 02", "7F2724"},
			{"27 05", "7F2713"},
			{"27 05 00", "7F2722"},
			{"27 81", ""},
			{"27 02 00", "7F2713"}, // a seed was given all the same
		})
		first, second := r.says("27 01", "6701.."), r.says("27 01", "6701..")
		if bytes.Equal(first, second) || len(first) != 6 {
			t.Errorf("seeds %X and %X", first, second)
		}
		r.unlock(0x01)
		r.says("27 01", "670100000000")
		r.says("27 02 00000000", "7F2724")
		r.says("10 02", "5002..")
		if seed := r.says("27 01", "6701.."); bytes.Equal(seed[2:], make([]byte, 4)) {
			t.Error("another session leaves the server unlocked")
		}
		r.says("27 04 00000000", "7F2724") // the seed was for another level
		r.unlock(0x03)
		if seed := r.says("27 01", "6701.."); bytes.Equal(seed[2:], make([]byte, 4)) {
			t.Error("another level is unlocked too")
		}
	})
}

// store is an AttemptStore that may fail.
type store struct {
	invalid map[byte]int
	err     error
}

func (s *store) InvalidKeys(level byte) int { return s.invalid[level] }

func (s *store) SetInvalidKeys(_ context.Context, level byte, n int) error {
	if s.err == nil {
		s.invalid[level] = n
	}
	return s.err
}

func TestLockOut(t *testing.T) {
	l := level()
	l.Attempts, l.Delay = 3, 10*time.Second
	kept := &store{invalid: map[byte]int{}}
	cfg := server.Config{
		Security: &server.Security{Levels: map[byte]server.Level{0x01: l, 0x03: level()}, Store: kept},
		Reset:    &server.Reset{Kinds: map[byte]server.ResetKind{0x01: {}}},
	}
	try := func(r *rig, want string) {
		t.Helper()
		seed := r.says("27 01", "6701..")
		r.matches("a wrong key", want, r.do(append([]byte{0x27, 0x02}, seed[2:]...)))
	}
	with(t, cfg, func(r *rig) {
		try(r, "7F2735")
		r.says("27 02 00000000", "7F2724") // a seed is good for one key
		try(r, "7F2735")
		try(r, "7F2736")
		r.says("27 01", "7F2737")
		r.says("27 02 00000000", "7F2724")
		r.unlock(0x03) // another level
		time.Sleep(9 * time.Second)
		r.says("11 01", "5101")
		time.Sleep(9900 * time.Millisecond)
		r.says("27 01", "7F2737") // the delay begins anew with a reset
		time.Sleep(time.Second)
		try(r, "7F2736") // one try, not three
		time.Sleep(10 * time.Second)
		kept.err = errors.New("worn out")
		seed := r.says("27 01", "6701..")
		r.matches("a key that cannot be stored", "7F2772", r.do(append([]byte{0x27, 0x02}, xor(seed[2:])...)))
		kept.err = nil
		r.unlock(0x01)
		if n := kept.invalid[0x01]; n != 0 {
			t.Errorf("%d invalid keys after a valid one", n)
		}
	})
}

func TestData(t *testing.T) {
	var written []byte
	put := func(_ context.Context, _ server.Call, b []byte) error {
		if b[0] == 0xEE {
			return errors.New("worn out")
		}
		written = b
		return nil
	}
	session := func(_ context.Context, c server.Call) ([]byte, error) { return []byte{c.Session}, nil }
	notNow := func(context.Context, server.Call) ([]byte, error) { return nil, uds.ConditionsNotCorrect }
	secret := server.Value(9)
	secret.ReadAccess = server.Access{Levels: []byte{0x01}}
	inExtended := server.Value(8)
	inExtended.ReadAccess = extended
	var reported error
	cfg := server.Config{
		Sessions: sessions(), ReadData: &server.ReadData{MaxIDs: 3}, WriteData: &notDefault, MaxMessage: 20,
		Report:   func(err error) { reported = err },
		Security: &server.Security{Levels: map[byte]server.Level{0x01: level()}},
		Data: server.DIDs{
			0xF186: {Read: session}, 0xF190: server.Value(make([]byte, 10)...), 0x0100: secret, 0x0101: inExtended,
			0x0102: {Read: notNow},
			0x0200: {Write: put, WriteAccess: server.Access{Sessions: []byte{0x03}, Levels: []byte{0x01}}, WriteLength: server.Between(1, 2)},
			0x0201: {Write: put},
		},
	}
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{
			{"22", "7F2213"},
			{"22 F1", "7F2213"},
			{"22 F186 F1", "7F2213"},
			{"22 F186 F186 F186 F186", "7F2213"},
			{"22 F186", "62F18601"},
			{"22 1234", "7F2231"},
			{"22 0101", "7F2231"},
			{"22 0200", "7F2231"},
			{"22 1234 F186 0101", "62F18601"},
			{"22 0100", "7F2233"},
			{"22 F186 0100", "7F2233"},
			{"22 0102 F186", "7F2222"},
			{"22 F190 F190", "7F2214"},
			{"2E 0201 00", "7F2E7F"},
			{"10 03", "5003.."},
			{"10 02", "5002.."},
			{"2E 02 01", "7F2E13"},
			{"2E 0200 00", "7F2E31"},
			{"2E F190 00", "7F2E31"},
			{"2E 1234 00", "7F2E31"},
			{"10 03", "5003.."},
			{"2E 0200 00 00 00", "7F2E33"}, // security goes before the total length
		})
		r.unlock(0x01)
		r.talk([]exchange{
			{"22 0100 0101", "6201000901 0108"},
			{"2E 0200 00 00 00", "7F2E13"},
			{"2E 0200 01 02", "6E0200"},
			{"2E 0201 EE", "7F2E72"},
		})
	})
	if !bytes.Equal(written, []byte{1, 2}) || reported == nil {
		t.Errorf("% X was written, %v was reported", written, reported)
	}
}

func TestRoutines(t *testing.T) {
	echo := func(_ context.Context, _ server.Call, options []byte) ([]byte, error) {
		return append([]byte{0x10}, options...), nil
	}
	cfg := server.Config{Sessions: sessions(), Security: &server.Security{Levels: map[byte]server.Level{0x01: level()}}}
	cfg.Routines = &server.Routines{Access: notDefault, Find: server.RoutineTable{
		0x0203: {Start: echo, KeepResult: true},
		0xFF00: {Access: programming, Start: echo, StartOptions: server.AtLeast(1)},
		0x0300: {Start: echo, Stop: echo, Results: echo, ResultsOptions: server.Exactly(1), StopOptions: server.Between(0, 1)},
		0x0301: {Start: func(context.Context, server.Call, []byte) ([]byte, error) { return nil, errors.New("no") }},
	}}
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{
			{"31 01 0203", "7F317F"},
			{"10 03", "5003.."},
			{"31", "7F3113"},
			{"31 04", "7F3113"}, // the least length of four bytes goes before the sub-function
			{"31 01 02", "7F3113"},
			{"31 01 1234", "7F3131"},
			{"31 04 1234", "7F3131"}, // and so does the identifier
			{"31 04 0203", "7F3112"},
			{"31 84 0203", "7F3112"},
			{"31 01 FF00", "7F3131"},
			{"31 03 0203", "7F3124"},
			{"31 01 0203 00", "7F3113"},
			{"31 02 0203", "7F3112"},
			{"31 01 0203", "7101020310"},
			{"31 03 0203", "7103020310"},
			{"31 03 0203 00", "7F3113"},
			{"31 02 0300", "7F3124"},
			{"31 03 0300 01", "7F3124"},
			{"31 01 0300", "7101030010"},
			{"31 03 0300 01", "710303001001"},
			{"31 02 0300 07", "710203001007"},
			{"31 02 0300", "7F3124"},
			{"31 01 0301", "7F3172"},
			{"10 02", "5002.."},
			{"31 03 0203", "7103020310"},
			{"31 02 FF00", "7F3133"},
			{"31 04 FF00", "7F3133"},
			{"31 01 FF00", "7F3133"},
		})
		r.unlock(0x01)
		r.talk([]exchange{
			{"31 02 FF00", "7F3112"},
			{"31 01 FF00", "7F3113"},
			{"31 01 FF00 44", "7101FF001044"},
			{"10 01", "5001.."},
			{"10 03", "5003.."},
			{"31 03 0203", "7F3124"},
		})
	})
}

func TestCommunicationAndDTCSetting(t *testing.T) {
	var switched []server.Switch
	var fails error
	memory := server.NewMemory(server.DTC{Code: 0x123456})
	cfg := server.Config{
		Sessions: sessions(),
		Communication: &server.Communication{
			Access:   notDefault,
			Controls: map[byte]server.Access{0x00: {}, 0x03: {}, 0x04: {}},
			Set: func(_ context.Context, _ server.Call, to server.Switch) error {
				switched = append(switched, to)
				return fails
			},
		},
		DTCSetting: &server.DTCSetting{Access: notDefault, Record: server.Between(0, 3), Gate: func(_ context.Context, _ server.Call, _ bool, record []byte) error {
			if len(record) == 3 {
				return uds.RequestOutOfRange
			}
			return nil
		}},
		Faults: &server.Faults{Memory: memory},
	}
	failing := func() bool { memory.Test(0x123456, true); return memory.DTCs()[0].Status.Has(uds.TestFailed) }
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{
			{"28 03 01", "7F287F"},
			{"10 03", "5003.."},
			{"28 01 01", "7F2812"},
			{"28 03", "7F2813"},
			{"28 03 01 01", "7F2813"},
			{"28 03 00", "7F2831"},
			{"28 03 05", "7F2831"},
			{"28 04 01", "7F2813"},
			{"28 04 01 0000", "7F2831"},
			{"28 03 F1", "6803"},
			{"28 84 02 000A", ""},
			{"85 03", "7F8512"},
			{"85 02 01020304", "7F8513"},
			{"85 02 FFFFFF", "7F8531"},
			{"85 02", "C502"},
		})
		if failing() {
			t.Error("a trouble code changed while it was off")
		}
		r.says("10 02", "5002..") // keeps both
		if failing() || len(switched) != 2 {
			t.Error("another session than the default one switched back")
		}
		r.says("10 01", "5001..")
		if !failing() {
			t.Error("the default session leaves trouble codes off")
		}
		fails = errors.New("no")
		r.talk([]exchange{{"10 03", "5003.."}, {"28 00 01", "7F2822"}, {"85 02", "C502"}, {"85 01", "C501"}})
	})
	want := []server.Switch{
		{Control: 0x03, Messages: 1, Subnet: 0xF},
		{Control: 0x04, Messages: 2, Node: 10},
		{Control: 0x00, Messages: 3},
		{Control: 0x00, Messages: 1},
	}
	if len(switched) != len(want) {
		t.Fatalf("switched %v, want %v", switched, want)
	}
	for i := range want {
		if switched[i] != want[i] {
			t.Errorf("switched %v, want %v", switched[i], want[i])
		}
	}
}
