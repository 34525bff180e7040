package socketcand

import (
	"errors"
	"strings"
	"testing"
	"time"

	"otabench/can"
)

func frame(id uint32, flags can.Flags, data ...byte) can.Frame {
	f := can.Frame{ID: id, Flags: flags, Len: uint8(len(data))}
	copy(f.Data[:], data)
	return f
}

func remote(id uint32, flags can.Flags, length uint8) can.Frame {
	return can.Frame{ID: id, Flags: can.Remote | flags, Len: length}
}

// problem is an error frame.
func problem(class can.ErrorClass, data ...byte) can.Frame {
	f := frame(class, can.Error, data...)
	f.Len = can.MaxData
	return f
}

var twelve = []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 0xA, 0xB, 0xC}

func TestParseSend(t *testing.T) {
	tests := []struct {
		name, text string
		want       can.Frame
		shown      forms
	}{
		{"the daemon's example", " send 123 0 ", frame(0x123, 0), forms{}},
		{"extended by 8 digits", " send 1AAAAAAA 2 1 f1 ", frame(0x1AAAAAAA, can.Extended, 1, 0xF1), forms{}},
		{"a small extended one", " send 00000123 1 FF ", frame(0x123, can.Extended, 0xFF), forms{}},
		{"python-can 4.1, standard", " send 12 2 a b ", frame(0x12, 0, 0xA, 0xB), forms{}},
		{"python-can 4.1, extended", " send 8DA10F1 1 7 ", frame(0x8DA10F1, can.Extended, 7), forms{}},
		{"SavvyCAN, extended", " send 98da10f1 1 3e ", frame(0x18DA10F1, can.Extended, 0x3E), forms{}},
		{"the kernel's remote bit", " send c0000123 2 0 0 ", remote(0x123, can.Extended, 2), forms{}},
		{"more blanks", "   send   7FF  1   0F", frame(0x7FF, 0, 0x0F), forms{}},
		{"long", " send 7E0 12 1 2 3 4 5 6 7 8 9 a b c ", frame(0x7E0, can.FD, twelve...), forms{fd: fdLong}},
		{
			"long, length in hexadecimal", " send 7E0 C 1 2 3 4 5 6 7 8 9 a b c ",
			frame(0x7E0, can.FD, twelve...),
			forms{fd: fdLong},
		},
		{"flagged", " fdsend 7E0 5 1 2a ", frame(0x7E0, can.FD|can.BRS, 0x2A), forms{fd: fdFlagged}},
		{"flagged, all flags", " fdsend 00000001 07 0 ", frame(1, can.Extended|can.FD|can.BRS|can.ESI), forms{fd: fdFlagged}},
		{"bare", " sendfd 7E0 2 2a 2b ", frame(0x7E0, can.FD, 0x2A, 0x2B), forms{fd: fdBare}},
		{"remote", " sendrtr 7E0 3 ", remote(0x7E0, 0, 3), forms{remote: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			verb, args := cut([]byte(tt.text))
			f, shown, isSend, err := parseSend(verb, args)
			if err != nil || !isSend || f != tt.want || shown != tt.shown {
				t.Errorf("got %v, %+v, %t, %v; want %v, %+v", f, shown, isSend, err, tt.want, tt.shown)
			}
		})
	}
}

func TestParseSendRefuses(t *testing.T) {
	for _, text := range []string{
		"send", "send 123", "send 123 1", "send 123 2 1", "send 123 1 1 2", "send 123 x 1", "send 123 1 100", "send 123 1 g",
		"send 123456789 0", "send -1 0", "send 20000123 0", "send 7E0 9 1 2 3 4 5 6 7 8 9",
		"fdsend 123 0", "fdsend 123 100 0", "fdsend 123 x 0", "sendfd 123 9 1 2 3 4 5 6 7 8 9", "sendfd C0000123 0",
		"sendrtr 123", "sendrtr 123 9", "sendrtr 123 -1",
		"sendfd 1 65" + strings.Repeat(" 0", 65),
	} {
		verb, args := cut([]byte(text))
		if f, _, isSend, err := parseSend(verb, args); !isSend || !errors.Is(err, can.ErrInvalid) {
			t.Errorf("%s: got %v, %t, %v; want an error that wraps ErrInvalid", text, f, isSend, err)
		}
	}
}

func TestAppendSend(t *testing.T) {
	tests := []struct {
		frame can.Frame
		forms forms
		want  string
	}{
		{frame(0x7E0, 0, 0, 0x10, 0xFF), forms{}, "< send 7E0 3 0 10 ff >"},
		{frame(1, 0), forms{}, "< send 001 0 >"},
		{frame(1, can.Extended, 1), forms{}, "< send 00000001 1 1 >"},
		{frame(1, can.FD|can.BRS, 1), ours, "< fdsend 001 05 1 1 >"},
		{frame(1, can.FD|can.ESI, 1), forms{fd: fdFlagged}, "< fdsend 001 06 1 1 >"},
		{frame(1, can.FD, twelve...), forms{fd: fdBare}, "< sendfd 001 12 1 2 3 4 5 6 7 8 9 a b c >"},
		{remote(0x123, 0, 8), forms{remote: true}, "< sendrtr 123 8 >"},
	}
	for _, tt := range tests {
		if err := tt.forms.carries(tt.frame); err != nil {
			t.Errorf("%v with %+v: %v", tt.frame, tt.forms, err)
		}
		if got := string(appendSend(nil, tt.frame, tt.forms)); got != tt.want {
			t.Errorf("%v with %+v: got %s, want %s", tt.frame, tt.forms, got, tt.want)
		}
	}
}

func TestCarries(t *testing.T) {
	for _, tt := range []struct {
		frame can.Frame
		forms forms
	}{
		{remote(1, 0, 0), forms{fd: fdFlagged}},
		{frame(1, can.FD), forms{remote: true}},
		{frame(1, can.FD|can.BRS), forms{fd: fdBare}},
		{frame(1, can.FD|can.ESI), forms{fd: fdBare}},
	} {
		if err := tt.forms.carries(tt.frame); !errors.Is(err, can.ErrInvalid) {
			t.Errorf("%v with %+v: got %v, want an error that wraps ErrInvalid", tt.frame, tt.forms, err)
		}
	}
}

var stamp = time.Unix(1700000000, 123456789)

func TestReports(t *testing.T) {
	µs := stamp.Truncate(time.Microsecond)
	tests := []struct {
		name  string
		r     can.Received
		forms forms
		text  string
		back  can.Received // as far as it comes back
	}{
		{
			"classic",
			can.Received{Frame: frame(0x7E8, 0, 6, 0x50), Time: stamp},
			forms{},
			"< frame 7E8 1700000000.123456 0650 >",
			can.Received{Frame: frame(0x7E8, 0, 6, 0x50), Time: µs},
		},
		{
			"without data, two blanks as the daemon",
			can.Received{Frame: frame(1, can.Extended), Time: stamp},
			forms{},
			"< frame 00000001 1700000000.123456  >",
			can.Received{Frame: frame(1, can.Extended), Time: µs},
		},
		{
			"own",
			can.Received{Frame: frame(1, 0), Time: stamp, Own: true},
			ours,
			"< own frame 001 1700000000.123456789  >",
			can.Received{Frame: frame(1, 0), Time: stamp, Own: true},
		},
		{
			"FD with flags",
			can.Received{Frame: frame(1, can.FD|can.BRS|can.ESI, 1), Time: stamp},
			ours,
			"< fdframe 001 07 1700000000.123456789 01 >",
			can.Received{Frame: frame(1, can.FD|can.BRS|can.ESI, 1), Time: stamp},
		},
		{
			"bare FD",
			can.Received{Frame: frame(1, can.FD|can.BRS, 1), Time: stamp},
			forms{fd: fdBare},
			"< fdframe 001 1700000000.123456 01 >",
			can.Received{Frame: frame(1, can.FD, 1), Time: µs},
		},
		{
			"long FD",
			can.Received{Frame: frame(1, can.FD, twelve...), Time: stamp},
			forms{fd: fdLong},
			"< frame 001 1700000000.123456 0102030405060708090A0B0C >",
			can.Received{Frame: frame(1, can.FD, twelve...), Time: µs},
		},
		{
			"remote",
			can.Received{Frame: remote(0x123, 0, 8), Time: stamp},
			forms{remote: true},
			"< rtr 123 1700000000.123456 8 >",
			can.Received{Frame: remote(0x123, 0, 8), Time: µs},
		},
		{
			"error frame",
			can.Received{Frame: problem(can.ClassController, 0, can.CtrlTxPassive), Time: stamp},
			forms{},
			"< error 004 1700000000.123456 00 20 00 00 00 00 00 00 >",
			can.Received{Frame: problem(can.ClassController, 0, can.CtrlTxPassive), Time: µs},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := appendReport(nil, &tt.r, tt.forms)
			if told := tt.forms.tells(&tt.r); !told || string(text) != tt.text {
				t.Fatalf("told %t, wrote %q, want %q", told, text, tt.text)
			}
			got, err := parseReport(text[1 : len(text)-1])
			if err != nil || got.kind != reportFrame {
				t.Fatalf("read %+v, %v", got, err)
			}
			back := can.Received{Frame: got.frame, Time: got.stamp, Own: got.own}
			if back.Frame != tt.back.Frame || back.Own != tt.back.Own || !back.Time.Equal(tt.back.Time) {
				t.Errorf("read %+v, want %+v", back, tt.back)
			}
		})
	}
}

func TestWithheld(t *testing.T) {
	for name, r := range map[string]can.Received{
		"own":    {Frame: frame(1, 0), Own: true},
		"FD":     {Frame: frame(1, can.FD)},
		"remote": {Frame: remote(1, 0, 0)},
	} {
		if (forms{}).tells(&r) {
			t.Errorf("%s frames are told to a client that knows no form for them", name)
		}
	}
}

func TestParseReport(t *testing.T) {
	tests := []struct {
		text string
		want report
	}{
		{" hi ", report{kind: reportHi}},
		{" ok ", report{kind: reportOK}},
		{" echo ", report{kind: reportEcho}},
		{" sent ", report{kind: reportSent}},
		{" unsent bus-off ", report{kind: reportUnsent, text: "bus-off"}},
		{" lost 17 ", report{kind: reportLost, count: 17}},
		{" error unknown command ", report{kind: reportComplaint, text: "unknown command"}},
		{" error bus\x1b[2J ", report{kind: reportComplaint, text: "bus.[2J"}},
		{" error ", report{kind: reportComplaint}},
		{" stat 1 2 3 4 ", report{}},
		{"", report{}},
		{
			" frame 123 23.424242 1A220344 ",
			report{kind: reportFrame, frame: frame(0x123, 0, 0x1A, 0x22, 3, 0x44), stamp: time.Unix(23, 424242000)},
		},
		{ // as in the broadcast manager's mode
			" frame 123 0.5 1A 22  ",
			report{kind: reportFrame, frame: frame(0x123, 0, 0x1A, 0x22), stamp: time.Unix(0, 500_000_000)},
		},
		{" error 040 0.000000 ", report{kind: reportFrame, frame: problem(can.ClassBusOff), stamp: time.Unix(0, 0)}},
		{
			" error 20000040 0.000000 00 01",
			report{kind: reportFrame, frame: problem(can.ClassBusOff, 0, 1), stamp: time.Unix(0, 0)},
		},
	}
	for _, tt := range tests {
		if got, err := parseReport([]byte(tt.text)); err != nil || got != tt.want {
			t.Errorf("%q: got %+v, %v; want %+v", tt.text, got, err, tt.want)
		}
	}
}

func TestParseReportRefuses(t *testing.T) {
	for _, text := range []string{
		"frame", "frame 123", "frame 123 1", "frame 123 1.", "frame 123 .5", "frame 123 1.0000000001", "frame 123 -1.0",
		"frame 123 253402300800.0", "frame 123 1.0 1", "frame 123 1.0 GG", "frame 123 1.0 010203040506070809",
		"frame 20000123 1.0 01", "frame 40000123 1.0 01 extra",
		"frame 123 9999999999999999999.0 00", "frame 123 1.x 00", "fdframe 123 x 1.0 00", "fdframe 123 1FF 1.0 00",
		"rtr 123 1.0 9", "error 004 1.0 000000000000000000", "own own frame 1 1.0", "own error 004 1.0 0",
	} {
		if got, err := parseReport([]byte(text)); err == nil {
			t.Errorf("%q: got %+v, want an error", text, got)
		}
	}
}

func TestReasons(t *testing.T) {
	for _, want := range []error{can.ErrBusOff, can.ErrClosed, can.ErrInvalid} {
		if got := errorOf(reasonOf(want)); !errors.Is(got, want) {
			t.Errorf("%v came as %v", want, got)
		}
	}
	if got := errorOf(reasonOf(errors.New("no <room>"))).Error(); got != "the server said: no .room." {
		t.Errorf("got %q", got)
	}
}
