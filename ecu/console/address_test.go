package console

import (
	"errors"
	"strings"
	"testing"

	"go.bug.st/serial"
	"golang.org/x/sys/unix"
)

func TestAddresses(t *testing.T) {
	for _, tt := range []struct {
		text string
		want setup
	}{
		{"/dev/ttyUSB0", setup{"/dev/ttyUSB0", serial.Mode{BaudRate: 115200, DataBits: 8}, false}},
		{"/dev/ttyUSB0@1234567", setup{"/dev/ttyUSB0", serial.Mode{BaudRate: 1234567, DataBits: 8}, false}},
		{"a:b@921600,8N1", setup{"a:b", serial.Mode{BaudRate: 921600, DataBits: 8}, false}},
		{"a@9600,rtscts", setup{"a", serial.Mode{BaudRate: 9600, DataBits: 8}, true}},
		{
			"a@4000000,7E2,rtscts",
			setup{
				"a", serial.Mode{BaudRate: 4000000, DataBits: 7, Parity: serial.EvenParity, StopBits: serial.TwoStopBits}, true,
			},
		},
		{"a@300,5O1", setup{"a", serial.Mode{BaudRate: 300, DataBits: 5, Parity: serial.OddParity}, false}},
		{"a@300,6M1", setup{"a", serial.Mode{BaudRate: 300, DataBits: 6, Parity: serial.MarkParity}, false}},
		{"a@300,8S1", setup{"a", serial.Mode{BaudRate: 300, DataBits: 8, Parity: serial.SpaceParity}, false}},
	} {
		if got, err := parseSetup(tt.text); err != nil || got != tt.want {
			t.Errorf("%q: %+v, %v", tt.text, got, err)
		}
	}
}

func TestWrongAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"":               "names no device",
		"@9600":          "names no device",
		"a@":             `"" is not a baud rate of 1 to 50000000`,
		"a@0":            `"0" is not a baud rate`,
		"a@-9600":        `"-9600" is not a baud rate`,
		"a@50000001":     `"50000001" is not a baud rate`,
		"a@9600,":        `"" is neither a frame such as 8N1 nor rtscts`,
		"a@9600,9N1":     `"9N1" is neither`,
		"a@9600,8X1":     `"8X1" is neither`,
		"a@9600,8N3":     `"8N3" is neither`,
		"a@9600,8N1.5":   `"8N1.5" is neither`,
		"a@9600,xonxoff": `"xonxoff" is neither`,

		"a@9600,8N1,8E1":       `"8E1" is too much`,
		"a@9600,rtscts,8N1":    `"8N1" is too much`,
		"a@9600,rtscts,rtscts": `"rtscts" is too much`,
	} {
		_, err := (Dialer{}).Dial("serial:" + text)
		if !errors.Is(err, ErrAddress) || !strings.Contains(err.Error(), Accepted) ||
			text != "" && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("/dev/ttyUSB0@921600,8E1,rtscts")
	f.Add("a@1,5")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseSetup(text)
		if err == nil && (s.device == "" || checkBaud(s.mode.BaudRate) != nil || s.frameFlags()&^frames != 0) {
			t.Errorf("%q is %+v", text, s)
		}
	})
}

// What drivers make of settings.
func TestSettingsAreReadBack(t *testing.T) {
	for _, tt := range []struct {
		name   string
		asked  string
		cflag  uint32
		in     uint32
		out    uint32
		failed string
	}{
		{name: "exact", asked: "a@921600", cflag: unix.CS8, in: 921600, out: 921600},
		{name: "3 % low", asked: "a@100000", cflag: unix.CS8, in: 97000, out: 97000},
		{name: "3 % high", asked: "a@100000", cflag: unix.CS8, in: 103000, out: 103000},
		{
			name: "more", asked: "a@100000", cflag: unix.CS8, in: 100000, out: 103001,
			failed: "103001 baud of 100000, more than 3 % off",
		},
		{name: "clipped", asked: "a@921600", cflag: unix.CS8, in: 115200, out: 115200, failed: "115200 baud of 921600"},
		{name: "frame", asked: "a@9600,7E2", cflag: unix.CS7 | unix.PARENB | unix.CSTOPB, in: 9600, out: 9600},
		{name: "odd", asked: "a@9600,8O1", cflag: unix.CS8 | unix.PARENB | unix.PARODD, in: 9600, out: 9600},
		{name: "no parity", asked: "a@9600,8E1", cflag: unix.CS8, in: 9600, out: 9600, failed: "does not take this frame"},
		{name: "even, not mark", asked: "a@9600,8M1", cflag: unix.CS8 | unix.PARENB, in: 9600, out: 9600, failed: "frame"},
		{name: "flow control", asked: "a@9600,rtscts", cflag: unix.CS8 | unix.CRTSCTS, in: 9600, out: 9600},
		{name: "no flow control", asked: "a@9600,rtscts", cflag: unix.CS8, in: 9600, out: 9600, failed: "RTS and CTS"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := parseSetup(tt.asked)
			if err != nil {
				t.Fatal(err)
			}
			err = checkTermios(&unix.Termios{Cflag: tt.cflag, Ispeed: tt.in, Ospeed: tt.out}, s)
			if tt.failed == "" && err != nil ||
				tt.failed != "" && (!errors.Is(err, ErrSetting) || !strings.Contains(err.Error(), tt.failed)) {
				t.Errorf("%v, want %q", err, tt.failed)
			}
		})
	}
}
