package console_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"otabench/ecu/console"
)

// limit is for tests on a real clock: far longer than any of them takes.
const limit = 30 * time.Second

// openPty opens a real pseudo terminal as a serial port, and returns the ECU's end too.
func openPty(t *testing.T) (io.ReadWriteCloser, *os.File) {
	t.Helper()
	unit, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unit.Close(); _ = slave.Close() })
	if _, err := term.MakeRaw(int(slave.Fd())); err != nil {
		t.Fatal(err)
	}
	rw, err := (console.Dialer{}).Dial("serial:" + slave.Name() + "@115200")
	if err != nil {
		t.Fatal(err)
	}
	return rw, unit
}

// The terminal driver of the kernel takes any rate, as drivers of real ports do not.
func TestRates(t *testing.T) {
	unit, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer unit.Close()
	defer slave.Close()
	rateOf := func() uint32 {
		t.Helper()
		settings, err := unix.IoctlGetTermios(int(unit.Fd()), unix.TCGETS2)
		if err != nil {
			t.Fatal(err)
		}
		return settings.Ospeed
	}
	for _, rate := range []int{
		50, 115200, 230400, 460800, 500000, 921600, 1000000, 1234567, 1500000, 2000000, 3000000, 4000000, 12000000,
	} {
		rw, err := (console.Dialer{}).Dial(fmt.Sprintf("serial:%s@%d,8N1,rtscts", slave.Name(), rate))
		if err != nil {
			t.Fatal(err)
		}
		if got := rateOf(); got != uint32(rate) {
			t.Errorf("opened at %d, want %d", got, rate)
		}
		c := console.New("bcm", rw, console.Options{})
		for _, other := range []int{750000, 9600} {
			if err := c.SetBaud(t.Context(), other); err != nil || rateOf() != uint32(other) {
				t.Errorf("set to %d, %v; want %d", rateOf(), err, other)
			}
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if err := c.SetBaud(t.Context(), 9600); !errors.Is(err, os.ErrClosed) {
			t.Errorf("after close: %v", err)
		}
	}
}

func TestAPtyHasNoParity(t *testing.T) {
	_, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer slave.Close()
	_, err = (console.Dialer{}).Dial("serial:" + slave.Name() + "@9600,8E1")
	if !errors.Is(err, console.ErrSetting) || !strings.Contains(err.Error(), slave.Name()) {
		t.Error(err)
	}
}

func TestWhereThereIsNoLineToSet(t *testing.T) {
	rw, _ := openPty(t)
	serial := console.New("bcm", rw, console.Options{})
	defer serial.Close()
	virtual, _ := open(t, console.Options{})
	for _, c := range []*console.Console{serial, virtual} {
		if err := c.Break(t.Context(), time.Second); !errors.Is(err, errors.ErrUnsupported) {
			t.Error(err)
		}
		if err := c.Break(t.Context(), 0); err == nil || errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("no duration: %v", err)
		}
		if err := c.SetBaud(t.Context(), 0); err == nil || errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("no rate: %v", err)
		}
	}
	if err := virtual.SetBaud(t.Context(), 9600); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
}

func TestSerialPort(t *testing.T) {
	rw, unit := openPty(t)
	c := console.New("bcm", rw, console.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	say(t, unit, "boot: slot B\r\n")
	if m, err := c.Expect(ctx, 0, regexp.MustCompile("slot (.)")); err != nil || m.Groups[1] != "B" {
		t.Errorf("%+v, %v", m, err)
	}
	if err := c.Send(ctx, "version\n"); err != nil {
		t.Error(err)
	}
	b := make([]byte, 8)
	if _, err := io.ReadFull(unit, b); err != nil || string(b) != "version\n" {
		t.Errorf("%q, %v", b, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := c.Err(); err != nil {
		t.Errorf("closed, and yet: %v", err)
	}
	if err := c.Send(ctx, "late"); !errors.Is(err, os.ErrClosed) {
		t.Errorf("write after close: %v", err)
	}
}

func TestSerialDeviceVanishes(t *testing.T) {
	rw, unit := openPty(t)
	c := console.New("bcm", rw, console.Options{})
	defer c.Close()
	_ = unit.Close()
	select {
	case <-c.Done():
	case <-time.After(limit):
		t.Fatal("the console goes on without its device")
	}
	if err := c.Err(); !errors.Is(err, console.ErrClosed) {
		t.Error(err)
	}
}

// An ECU that takes nothing must not keep a bench from closing.
func TestCloseFreesAWriteThatIsStuck(t *testing.T) {
	rw, _ := openPty(t)
	c := console.New("bcm", rw, console.Options{})
	stuck := make(chan error, 1)
	go func() { stuck <- c.Send(context.Background(), string(make([]byte, 1<<20))) }()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	<-ctx.Done()
	closed := make(chan error, 1)
	go func() { closed <- c.Close() }()
	for name, ch := range map[string]chan error{"Close": closed, "Send": stuck} {
		select {
		case err := <-ch:
			if name == "Send" && !errors.Is(err, os.ErrClosed) {
				t.Errorf("Send: %v", err)
			}
		case <-time.After(limit):
			t.Fatalf("%s hangs", name)
		}
	}
}
