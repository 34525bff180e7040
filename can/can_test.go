package can_test

import (
	"errors"
	"fmt"
	"testing"

	"otabench/can"
)

func TestNotation(t *testing.T) {
	for _, tt := range []struct {
		text string
		f    can.Frame
	}{
		{"123#DEADBEEF", can.New(0x123, 0xDE, 0xAD, 0xBE, 0xEF)},
		{"7FF#", can.New(0x7FF)},
		{"1FFFFFFF#01", can.Frame{ID: 0x1FFFFFFF, Flags: can.Extended, Len: 1, Data: [64]byte{1}}},
		{"123#R4", can.Frame{ID: 0x123, Flags: can.Remote, Len: 4}},
		{"123##1AABB", can.Frame{ID: 0x123, Flags: can.FD | can.BRS, Len: 2, Data: [64]byte{0xAA, 0xBB}}},
		{"00000001##3", can.Frame{ID: 1, Flags: can.Extended | can.FD | can.BRS | can.ESI}},
		{"20000004#0001", can.Frame{ID: can.ClassController, Flags: can.Error, Len: 2, Data: [64]byte{0, 1}}},
	} {
		got, err := can.Parse(tt.text)
		if err != nil || got != tt.f {
			t.Errorf("Parse(%q) = %+v, %v", tt.text, got, err)
		}
		if s := tt.f.String(); s != tt.text {
			t.Errorf("String() = %q, want %q", s, tt.text)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{
		"", "123", "12#00", "xyz#00", "123#0", "123#gg", "800#", "FFFFFFFF#", "3FFFFFFF##0", "123#R9", "123#Rx", "123##",
		"123##8", "123##0" + fmt.Sprintf("%018X", 0), "123#001122334455667788", "20000001#R", fmt.Sprintf("123##0%0130X", 0),
	} {
		if f, err := can.Parse(s); !errors.Is(err, can.ErrInvalid) {
			t.Errorf("Parse(%q) = %v, %v", s, f, err)
		}
	}
}

func TestValidate(t *testing.T) {
	for _, f := range []can.Frame{
		{ID: 0x800},
		{ID: 1 << 29, Flags: can.Extended},
		{Len: 9},
		{Len: 9, Flags: can.FD},
		{Flags: can.FD | can.Remote},
		{Flags: can.BRS},
		{Flags: can.Error},
	} {
		if err := f.Validate(); !errors.Is(err, can.ErrInvalid) {
			t.Errorf("%v: %v", f, err)
		}
	}
	for n, want := range map[int]int{0: 0, 8: 8, 9: 12, 13: 16, 21: 24, 25: 32, 33: 48, 49: 64, 65: -1} {
		if got := can.PadLen(n); got != want {
			t.Errorf("PadLen(%d) = %d, want %d", n, got, want)
		}
	}
}

// The lengths without stuff bits are 44+8n and 64+8n bits and 3 of intermission; stuffing adds at most one bit to every
// four of the stuffed part.
func TestBits(t *testing.T) {
	for _, tt := range []struct {
		f      can.Frame
		lo, hi int
	}{
		{can.New(0x555), 47, 55},
		{can.New(0x555, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55), 111, 114},
		{can.New(0, 0, 0, 0, 0, 0, 0, 0, 0), 125, 135},
		{can.Frame{ID: 0x0AAAAAAA, Flags: can.Extended, Len: 8, Data: [64]byte{0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55}}, 131, 160},
	} {
		n, d := can.Bits(tt.f)
		if d != 0 || n < tt.lo || n > tt.hi {
			t.Errorf("%v has %d+%d bits, want %d to %d", tt.f, n, d, tt.lo, tt.hi)
		}
	}
	// ID 0x14 with one byte 01 is the example of the Bosch CAN 2.0 application notes: SOF 00000010100 ..., stuffed after
	// the first five zeros.
	if n, _ := can.Bits(can.New(0x014, 0x01)); n < 47+8+1 {
		t.Errorf("%d bits leave no room for stuffing", n)
	}
	fd := can.Frame{ID: 0x123, Flags: can.FD | can.BRS, Len: 64}
	slow, fast := can.Bits(fd)
	if slow < 29 || slow > 35 || fast < 64*8 {
		t.Errorf("FD frame has %d+%d bits", slow, fast)
	}
	fd.Flags = can.FD
	if all, none := can.Bits(fd); none != 0 || all != slow+fast {
		t.Errorf("without BRS %d+%d bits, want %d", all, none, slow+fast)
	}
}

func TestFilter(t *testing.T) {
	ext := can.Frame{ID: 0x7E8, Flags: can.Extended}
	std := can.New(0x7E8)
	if f := can.Exactly(0x7E8, false); !f.Match(std) || f.Match(ext) || f.Match(can.New(0x7E9)) {
		t.Error("exact standard filter")
	}
	if f := can.Exactly(0x7E8, true); f.Match(std) || !f.Match(ext) {
		t.Error("exact extended filter")
	}
	if (can.Filter{}).Match(can.Frame{Flags: can.Error}) {
		t.Error("an error frame matched a filter")
	}
}

func TestFanout(t *testing.T) {
	var o can.Fanout
	var order []string
	stop := o.Tap(func(r can.Received) { order = append(order, r.Frame.String()) })
	all, one := o.Subscribe(2), o.Subscribe(0, can.Exactly(2, false))
	for id := range uint32(4) {
		o.Deliver(can.Received{Frame: can.New(id)})
	}
	if fmt.Sprint(order) != "[000# 001# 002# 003#]" {
		t.Error(order)
	}
	if all.Lost() != 2 || one.Lost() != 0 || len(one.C()) != 1 {
		t.Errorf("lost %d and %d, filtered %d", all.Lost(), one.Lost(), len(one.C()))
	}
	stop()
	stop()
	one.Cancel()
	one.Cancel()
	o.Deliver(can.Received{Frame: can.New(2)})
	if len(order) != 4 {
		t.Error("a cancelled tap ran")
	}
	o.CloseAll()
	if _, open := <-o.Subscribe(1).C(); open {
		t.Error("a subscription after the end is open")
	}
	for range all.C() {
	}
}

func TestATapMayCancelItself(t *testing.T) {
	var o can.Fanout
	n := 0
	var stop func()
	stop = o.Tap(func(can.Received) { n++; stop() })
	o.Deliver(can.Received{})
	o.Deliver(can.Received{})
	if n != 1 {
		t.Errorf("ran %d times", n)
	}
}

func TestDeliverDoesNotAllocate(t *testing.T) {
	var o can.Fanout
	o.Tap(func(can.Received) {})
	s := o.Subscribe(1)
	r := can.Received{Frame: can.New(1)}
	if n := testing.AllocsPerRun(100, func() { o.Deliver(r); <-s.C() }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func TestNames(t *testing.T) {
	for s, want := range map[fmt.Stringer]string{
		can.ErrorActive: "error-active", can.ErrorPassive: "error-passive", can.BusOff: "bus-off",
		can.Stopped: "stopped", can.State(9): "State(9)",
	} {
		if s.String() != want {
			t.Errorf("%v, want %s", s, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("123#DEADBEEF")
	f.Add("12345678##1AA")
	f.Fuzz(func(t *testing.T, s string) {
		frame, err := can.Parse(s)
		if err != nil {
			return
		}
		again, err := can.Parse(frame.String())
		if err != nil || again != frame {
			t.Errorf("%q -> %v -> %v, %v", s, frame, again, err)
		}
		can.Bits(frame)
	})
}

func ExampleParse() {
	f, err := can.Parse("7E0#023E80")
	fmt.Printf("%X % X %v\n", f.ID, f.Payload(), err)
	// Output: 7E0 02 3E 80 <nil>
}
