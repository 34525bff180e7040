package dial_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"otabench/power"
	"otabench/power/dial"
)

func TestParse(t *testing.T) {
	for address, want := range map[string]dial.Address{
		"tcp:192.0.2.7:5555":         {Scheme: "tcp", Target: "192.0.2.7:5555"},
		"tcp:[2001:db8::7]:5025":     {Scheme: "tcp", Target: "[2001:db8::7]:5025"},
		"serial:/dev/ttyUSB0@115200": {Scheme: "serial", Target: "/dev/ttyUSB0", Baud: 115200},
		"serial:/dev/by-id/a@b@9600": {Scheme: "serial", Target: "/dev/by-id/a@b", Baud: 9600},
		"usbtmc:/dev/usbtmc0":        {Scheme: "usbtmc", Target: "/dev/usbtmc0"},
		"virtual:psu":                {Scheme: "virtual", Target: "psu"},
	} {
		got, err := dial.Parse(address)
		if err != nil || got != want || got.String() != address {
			t.Errorf("Parse(%q) = %+v (%v), %v", address, got, got, err)
		}
	}
	if a, err := dial.Parse("serial:/dev/ttyUSB0"); err != nil || a.Baud != dial.DefaultBaud {
		t.Errorf("no speed: %+v, %v", a, err)
	}
}

func TestParseErrors(t *testing.T) {
	for address, text := range map[string]string{
		"":                   "accepted are tcp:HOST:PORT, serial:PATH@BAUD, usbtmc:DEVICE and virtual:NAME",
		"gpib:5":             "accepted are",
		"tcp:":               "tcp:HOST:PORT",
		"tcp:psu":            "tcp:HOST:PORT",
		"tcp::5555":          "tcp:HOST:PORT",
		"tcp:psu:scpi":       "1 to 65535",
		"tcp:psu:0":          "1 to 65535",
		"tcp:psu:70000":      "1 to 65535",
		"serial:":            "serial:PATH@BAUD",
		"serial:@9600":       "serial:PATH@BAUD",
		"serial:/dev/tty@":   "not a speed",
		"serial:/dev/tty@-1": "not a speed",
		"usbtmc:":            "usbtmc:DEVICE",
		"usbtmc:0":           "usbtmc:DEVICE",
		"virtual:":           "name",
	} {
		_, err := dial.Dial(t.Context(), address)
		if !errors.Is(err, dial.ErrAddress) || !strings.Contains(err.Error(), text) {
			t.Errorf("Dial(%q): %v", address, err)
		}
	}
}

func TestDialNothingThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "tcp:" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, a := range []string{address, "serial:/dev/no-such-port@9600"} {
		if _, err := dial.Dial(t.Context(), a); !errors.Is(err, power.ErrLink) || !strings.Contains(err.Error(), a) {
			t.Errorf("Dial(%q): %v", a, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := dial.Dial(ctx, address); !errors.Is(err, context.Canceled) || errors.Is(err, power.ErrLink) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestDialTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	rw, err := dial.Dial(t.Context(), "tcp:"+l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := rw.Close(); err != nil {
		t.Error(err)
	}
}

func TestDialVirtual(t *testing.T) {
	if _, err := dial.Dial(t.Context(), "virtual:psu"); !errors.Is(err, dial.ErrAddress) {
		t.Errorf("without a bench: %v", err)
	}
	near, far := net.Pipe()
	defer far.Close()
	d := dial.Dialer{Virtual: func(_ context.Context, name string) (io.ReadWriteCloser, error) {
		if name != "psu" {
			return nil, errors.New("no such instrument")
		}
		return near, nil
	}}
	if rw, err := d.Dial(t.Context(), "virtual:psu"); err != nil || rw != near {
		t.Errorf("Dial = %v, %v", rw, err)
	}
	if _, err := d.Dial(t.Context(), "virtual:other"); err == nil {
		t.Error("an unknown instrument: no error")
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"tcp:psu:5555", "serial:/dev/ttyUSB0@9600", "serial:/dev/ttyUSB0", "virtual:psu", "tcp:[::1]:1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		a, err := dial.Parse(address)
		if err != nil {
			return
		}
		if again, err := dial.Parse(a.String()); err != nil || again != a {
			t.Errorf("%q is %+v, which is %+v, %v", address, a, again, err)
		}
	})
}

func ExampleParse() {
	a, err := dial.Parse("serial:/dev/ttyUSB0")
	fmt.Println(a, err)
	_, err = dial.Parse("usb:1234:5678")
	fmt.Println(err)
	// Output:
	// serial:/dev/ttyUSB0@9600 <nil>
	// "usb:1234:5678": not a link address: accepted are tcp:HOST:PORT, serial:PATH@BAUD, usbtmc:DEVICE and virtual:NAME
}
