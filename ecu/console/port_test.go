package console_test

import (
	"context"
	"errors"
	"io"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/creack/pty"
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
