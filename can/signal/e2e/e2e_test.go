package e2e_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"otabench/can/signal/e2e"
)

func decoded(t testing.TB, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func protector(t testing.TB, p e2e.Profile) *e2e.Protector {
	t.Helper()
	sender, err := e2e.NewProtector(p)
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

func checker(t testing.TB, p e2e.Profile) *e2e.Checker {
	t.Helper()
	receiver, err := e2e.NewChecker(p)
	if err != nil {
		t.Fatal(err)
	}
	return receiver
}

// The examples of AUTOSAR_SWS_CRCLibrary, and the check values of the catalogue of parametrised CRC algorithms.
func TestChecksums(t *testing.T) {
	for _, tt := range []struct {
		data       string
		j1850, h2f byte
	}{
		{"00000000", 0x59, 0x12},
		{"F20183", 0x37, 0xC2},
		{"0FAA0055", 0x79, 0xC6},
		{"00FF5511", 0xB8, 0x77},
		{"332255AABBCCDDEEFF", 0xCB, 0x11},
		{"926B55", 0x8C, 0x33},
		{"FFFFFFFF", 0x74, 0x6C},
		{hex.EncodeToString([]byte("123456789")), 0x4B, 0xDF},
	} {
		data := decoded(t, tt.data)
		if j1850, h2f := e2e.CRC8J1850(data), e2e.CRC8H2F(data); j1850 != tt.j1850 || h2f != tt.h2f {
			t.Errorf("%s: got %02X and %02X, want %02X and %02X", tt.data, j1850, h2f, tt.j1850, tt.h2f)
		}
	}
}

func mode(p e2e.Profile1, m e2e.DataIDMode) e2e.Profile1 {
	p.Mode = m
	return p
}

// Profile 1: the examples of AUTOSAR_PRS_E2EProtocol, 6.3.5, data of zeros protected once and again. Profiles 2 and 5: what
// the tests of the Python package autosar-e2e expect.
func TestVectors(t *testing.T) {
	last := e2e.Profile1C(0x123, 8)
	last.CRCOffset, last.CounterOffset, last.DataIDNibbleOffset = 56, 0, 4
	list := [16]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	for _, tt := range []struct {
		name    string
		profile e2e.Profile
		data    string
		want    []string
	}{
		{"1A", e2e.Profile1A(0x123, 8), "0000000000000000", []string{"CC00000000000000", "9101000000000000"}},
		{"1B", e2e.Profile1B(0x123, 8), "0000000000000000", []string{"CE00000000000000", "0201000000000000"}},
		{"1C", e2e.Profile1C(0x123, 8), "0000000000000000", []string{"2A10000000000000", "7711000000000000"}},
		{"1C, at the end", last, "0000000000000000", []string{"100000000000002A", "1100000000000077"}},
		{
			"1 low", mode(e2e.Profile1A(0x23, 8), e2e.Low), "0000000000000000",
			[]string{"CE00000000000000", "9301000000000000"},
		},
		{"2", e2e.NewProfile2([16]byte{}, 8), "0000000000000000", []string{"4501000000000000"}},
		{"2 with a list", e2e.NewProfile2(list, 8), "0001020304050607", []string{"6101020304050607", "BC02020304050607"}},
		{
			"5",
			e2e.Profile5{DataID: 0x1234, Length: 8, MaxDeltaCounter: 1},
			"0000000000000000",
			[]string{"1CCA000000000000", "CF8D010000000000"},
		},
		{
			"5 with an offset",
			e2e.Profile5{DataID: 0x1234, Length: 16, Offset: 8, MaxDeltaCounter: 1},
			strings.Repeat("00", 16),
			[]string{"00000000000000002891000000000000", "0000000000000000FBD6010000000000"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sender, receiver := protector(t, tt.profile), checker(t, tt.profile)
			for i, want := range tt.want {
				data := decoded(t, tt.data)
				if err := sender.Protect(data); err != nil {
					t.Fatal(err)
				}
				if got := fmt.Sprintf("%X", data); got != want {
					t.Errorf("protected %d times: got %s, want %s", i+1, got, want)
				}
				if status := receiver.Check(data); status != e2e.OK && status != e2e.Initial {
					t.Errorf("checked: %v", status)
				}
			}
		})
	}
}

// Whatever single bit is damaged, and whatever of the data ID, the checker does not accept it.
func TestDamage(t *testing.T) {
	for _, profile := range []e2e.Profile{
		e2e.Profile1A(0x123, 8), e2e.Profile1B(0x123, 8), e2e.Profile1C(0x123, 8), mode(e2e.Profile1A(0x23, 8), e2e.Low),
		e2e.NewProfile2([16]byte{7, 7, 7}, 8),
		e2e.Profile5{DataID: 0x1234, Length: 8, Offset: 2, MaxDeltaCounter: 1},
	} {
		data := decoded(t, "1122334455667788")
		if err := protector(t, profile).Protect(data); err != nil {
			t.Fatal(err)
		}
		for bit := range 64 {
			damaged := slices.Clone(data)
			damaged[bit/8] ^= 1 << (bit % 8)
			if status := checker(t, profile).Check(damaged); status != e2e.WrongCRC && status != e2e.Error {
				t.Errorf("%v: bit %d: %v", profile, bit, status)
			}
		}
	}
	data := make([]byte, 8)
	if err := protector(t, e2e.Profile1C(0x223, 8)).Protect(data); err != nil {
		t.Fatal(err)
	}
	if status := checker(t, e2e.Profile1C(0x123, 8)).Check(data); status != e2e.WrongCRC {
		t.Errorf("other nibble: %v", status)
	}
}

// run checks the data of the given counters; -1 is a check without data, -2 damaged data.
func run(t *testing.T, profile e2e.Profile, counters ...int) (all []e2e.Status) {
	t.Helper()
	protected := map[int][]byte{}
	sender := protector(t, profile)
	for range 256 {
		data := make([]byte, 8)
		if err := sender.Protect(data); err != nil {
			t.Fatal(err)
		}
		if p5, ok := profile.(e2e.Profile5); ok {
			protected[int(data[p5.Offset+2])] = data
		} else {
			protected[int(data[1]&0xF)] = data
		}
	}
	receiver := checker(t, profile)
	for _, counter := range counters {
		switch counter {
		case -1:
			all = append(all, receiver.Miss())
		case -2:
			all = append(all, receiver.Check(bytes.Repeat([]byte{0x5A}, 8)))
		default:
			all = append(all, receiver.Check(protected[counter]))
		}
	}
	return all
}

func TestSequences(t *testing.T) {
	const (
		ok, none, crc, sync, initial = e2e.OK, e2e.NoNewData, e2e.WrongCRC, e2e.Sync, e2e.Initial
		again, some, seq             = e2e.Repeated, e2e.OKSomeLost, e2e.WrongSequence
	)
	type statuses = []e2e.Status
	one, two := e2e.Profile1A(0x123, 8), e2e.NewProfile2([16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9}, 8)
	strict := func(t e2e.Tolerance) e2e.Profile1 {
		p := one
		p.Tolerance = t
		return p
	}
	five := e2e.Profile5{DataID: 1, Length: 8, MaxDeltaCounter: 3}
	for _, tt := range []struct {
		name     string
		profile  e2e.Profile
		counters []int
		want     statuses
	}{
		{"steady", one, []int{13, 14, 0, 1}, statuses{initial, ok, ok, ok}},
		{"steady 2", two, []int{14, 15, 0, 1}, statuses{initial, ok, ok, ok}},
		{"repeated", one, []int{3, 3, 4}, statuses{initial, again, ok}},
		// With MaxDeltaCounterInit 1, after counter 1 the counters 2 and 3 are accepted, but not 4.
		{"one lost", one, []int{1, 3, 4}, statuses{initial, some, ok}},
		{"two lost", one, []int{1, 4, 5}, statuses{initial, seq, seq}},
		{"two lost, then time", one, []int{1, 4, -1, 5, 6}, statuses{initial, seq, none, some, ok}},
		{"two lost in cycles", one, []int{1, -1, -1, 4}, statuses{initial, none, none, some}},
		{"damage", one, []int{1, -2, 3}, statuses{initial, crc, some}},
		{"damage first", one, []int{-2, 5}, statuses{crc, initial}},
		{"nothing first", one, []int{-1, 5}, statuses{none, initial}},
		{"without tolerance", strict(e2e.Tolerance{}), []int{1, 2, 4, 5}, statuses{initial, ok, seq, seq}},
		{
			"long silence", strict(e2e.Tolerance{MaxDeltaCounterInit: 1, MaxNoNewOrRepeatedData: 1, SyncCounterInit: 2}),
			[]int{1, -1, -1, 2, 3, 4, 5},
			statuses{initial, none, none, sync, sync, sync, ok},
		},
		{
			"long repetition", strict(e2e.Tolerance{MaxDeltaCounterInit: 1, MaxNoNewOrRepeatedData: 1}),
			[]int{1, 1, 1, 2, 3},
			statuses{initial, again, again, sync, ok},
		},
		{
			"jump with synchronization",
			strict(e2e.Tolerance{MaxDeltaCounterInit: 1, MaxNoNewOrRepeatedData: 15, SyncCounterInit: 1}),
			[]int{1, 8, 9, 11},
			statuses{initial, seq, sync, some},
		},
		{"lost in 2 over the end", two, []int{14, 0, 1}, statuses{initial, some, ok}},
		{"damage in 2", two, []int{14, -2, 15}, statuses{initial, crc, ok}},
		{"5", five, []int{0, 1, 1, 4, 8, 9, -1, 10}, statuses{ok, ok, again, some, seq, ok, none, ok}},
		{"5 over the end", five, []int{254, 255, 0}, statuses{seq, ok, ok}},
		{"5 damaged", five, []int{0, -2, 1}, statuses{ok, e2e.Error, ok}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := run(t, tt.profile, tt.counters...); !slices.Equal(got, tt.want) {
				t.Errorf("%v: got %v, want %v", tt.counters, got, tt.want)
			}
		})
	}
}

func TestLost(t *testing.T) {
	p := e2e.Profile1A(1, 8)
	sender, receiver := protector(t, p), checker(t, p)
	for i := range 6 {
		data := make([]byte, 8)
		if err := sender.Protect(data); err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			continue
		}
		receiver.Check(data)
		if want := map[int]int{3: 1}[i]; receiver.Lost() != want {
			t.Errorf("after %d: %d lost", i, receiver.Lost())
		}
	}
}

// The counter 15 is invalid in profile 1, with the right checksum too.
func TestInvalidCounter(t *testing.T) {
	data := decoded(t, "000F000000000000")
	data[0] = e2e.CRC8J1850(append([]byte{0x23 ^ 0xFF, 0x01}, data[1:]...)) ^ 0xFF
	if status := checker(t, e2e.Profile1A(0x123, 8)).Check(data); status != e2e.Error {
		t.Errorf("%X: %v", data, status)
	}
}

func TestLengths(t *testing.T) {
	p := e2e.Profile1A(1, 8)
	if err := protector(t, p).Protect(make([]byte, 7)); !errors.Is(err, e2e.ErrLength) {
		t.Error(err)
	}
	if status := checker(t, p).Check(make([]byte, 7)); status != e2e.Error {
		t.Error(status)
	}
	data := bytes.Repeat([]byte{0xFF}, 12)
	if err := protector(t, p).Protect(data); err != nil || !bytes.Equal(data[8:], []byte{0xFF, 0xFF, 0xFF, 0xFF}) {
		t.Errorf("%X, %v", data, err)
	}
	data[11] = 0
	if status := checker(t, p).Check(data); status != e2e.Initial {
		t.Error(status)
	}
}

func TestConfigurations(t *testing.T) {
	profile1 := func(change func(*e2e.Profile1)) e2e.Profile1 {
		p := e2e.Profile1C(0x123, 8)
		change(&p)
		return p
	}
	for want, p := range map[string]e2e.Profile{
		"data ID mode 4": profile1(func(p *e2e.Profile1) { p.Mode = 4 }),
		"data ID 0x100 in this mode; accepted: 0 to 0xff":      mode(e2e.Profile1A(0x100, 8), e2e.Low),
		"accepted: 0 to 0xfff":                                 e2e.Profile1C(0x1000, 8),
		"1 bytes; accepted: 2 to 32":                           e2e.Profile1A(1, 1),
		"33 bytes":                                             e2e.Profile1A(1, 33),
		"checksum at bit 4; accepted: multiples of 8 below 64": profile1(func(p *e2e.Profile1) { p.CRCOffset = 4 }),
		"checksum at bit 64":                                   profile1(func(p *e2e.Profile1) { p.CRCOffset = 64 }),
		"counter at bit 9; accepted: multiples of 4":           profile1(func(p *e2e.Profile1) { p.CounterOffset = 9 }),
		"counter at bit 4; accepted":                           profile1(func(p *e2e.Profile1) { p.CounterOffset = 4 }),
		"data ID nibble at bit 64":                             profile1(func(p *e2e.Profile1) { p.DataIDNibbleOffset = 64 }),
		"both at bit 12":                                       profile1(func(p *e2e.Profile1) { p.CounterOffset = 12 }),
		"MaxDeltaCounterInit is 15; accepted":                  profile1(func(p *e2e.Profile1) { p.MaxDeltaCounterInit = 15 }),
		"SyncCounterInit is -1; accepted: 0 to 15":             profile1(func(p *e2e.Profile1) { p.SyncCounterInit = -1 }),
		"65 bytes; accepted: 2 to 64":                          e2e.NewProfile2([16]byte{}, 65),
		"2 bytes; accepted: 3 to 4096":                         e2e.Profile5{Length: 2},
		"checksum at byte 6; accepted: 0 to 5":                 e2e.Profile5{Length: 8, Offset: 6},
		"MaxDeltaCounter is 0; accepted: 1 to 255":             e2e.Profile5{Length: 8},
	} {
		_, err1 := e2e.NewProtector(p)
		_, err2 := e2e.NewChecker(p)
		for _, err := range []error{err1, err2} {
			if !errors.Is(err, e2e.ErrConfig) || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
		}
	}
}

// What a protector makes of any data, at any place, a checker of the same profile takes.
func TestRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(849, 1))
	for range 2000 {
		p := e2e.Profile1C(uint16(random.IntN(0x100)), 2+random.IntN(31))
		p.CRCOffset = 8 * random.IntN(p.Length)
		p.CounterOffset, p.DataIDNibbleOffset = 4*random.IntN(2*p.Length), 4*random.IntN(2*p.Length)
		p.Mode = e2e.DataIDMode(random.IntN(4))
		sender, err := e2e.NewProtector(p)
		if err != nil {
			continue // two things at one place
		}
		receiver := checker(t, p)
		for i := range 20 {
			data := make([]byte, p.Length)
			for j := range data {
				data[j] = byte(random.Uint32())
			}
			if err := sender.Protect(data); err != nil {
				t.Fatal(err)
			}
			want := e2e.OK
			if i == 0 {
				want = e2e.Initial
			}
			if status := receiver.Check(data); status != want {
				t.Fatalf("%+v: %v", p, status)
			}
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte{0xCC, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{0x45, 1, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, p := range []e2e.Profile{
			e2e.Profile1C(0x123, 8), e2e.NewProfile2([16]byte{}, 8),
			e2e.Profile5{DataID: 1, Length: 8, Offset: 5, MaxDeltaCounter: 1},
		} {
			status := checker(t, p).Check(data)
			if len(data) < 8 && status != e2e.Error {
				t.Errorf("%v of %X", status, data)
			}
		}
	})
}

func Example() {
	profile := e2e.Profile1A(0x123, 8)
	sender, err := e2e.NewProtector(profile)
	if err != nil {
		fmt.Println(err)
		return
	}
	receiver, err := e2e.NewChecker(profile)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range 4 {
		data := make([]byte, 8)
		if err := sender.Protect(data); err != nil {
			fmt.Println(err)
			return
		}
		if i == 2 {
			continue // lost on the way
		}
		fmt.Printf("% X %v\n", data, receiver.Check(data))
	}
	// Output:
	// CC 00 00 00 00 00 00 00 initial
	// 91 01 00 00 00 00 00 00 OK
	// 2B 03 00 00 00 00 00 00 OK, some lost
}

func TestNames(t *testing.T) {
	if e2e.WrongSequence.String() != "wrong sequence" || e2e.Status(99).String() != "Status(99)" {
		t.Error(e2e.WrongSequence, e2e.Status(99))
	}
}
