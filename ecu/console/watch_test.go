package console_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"otabench/ecu/console"
)

// plug makes a pseudo terminal that a link leads to, as udev does, and returns the ECU's end.
func plug(t *testing.T, link string) *os.File {
	t.Helper()
	unit, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unit.Close(); _ = slave.Close() })
	if _, err := term.MakeRaw(int(slave.Fd())); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(slave.Name(), link); err != nil {
		t.Fatal(err)
	}
	return unit
}

// unplug removes the device; with the last device its folder goes.
func unplug(t *testing.T, link string, unit *os.File) {
	t.Helper()
	if err := errors.Join(os.Remove(link), os.Remove(filepath.Dir(link)), unit.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestADeviceThatComesBackUnderAnotherName(t *testing.T) {
	link := filepath.Join(t.TempDir(), "serial", "by-id", "usb-FTDI")
	unit := plug(t, link)
	address := "serial:" + link + "@115200"
	rw, err := (console.Dialer{}).Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	changes := make(chan console.Change, 10)
	c := console.New("bcm", rw, console.Options{Reconnect: &console.Reconnect{
		Open: console.Dialer{}.Reopen(address), Within: limit, Observe: func(x console.Change) { changes <- x },
	}})
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	for range 3 {
		mark := c.Mark()
		say(t, unit, "app: up\n")
		if _, err := c.Expect(ctx, mark, regexp.MustCompile("^app: up$")); err != nil {
			t.Fatal(err)
		}
		unplug(t, link, unit)
		if x := <-changes; x.Present || x.Err == nil {
			t.Fatalf("unplugged: %+v", x)
		}
		if err := os.Remove(filepath.Dir(filepath.Dir(link))); err != nil {
			t.Fatal(err)
		}
		unit = plug(t, link)
		if x := <-changes; !x.Present || x.Away <= 0 {
			t.Fatalf("plugged in: %+v", x)
		}
		if err := c.Send(ctx, "version\n"); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 8)
		if _, err := io.ReadFull(unit, b); err != nil || string(b) != "version\n" {
			t.Fatalf("%q, %v", b, err)
		}
	}
}

func TestReopenGivesUp(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"absent": filepath.Join(t.TempDir(), "a", "b"), "no device": t.TempDir()} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		rw, err := (console.Dialer{}).Reopen("serial:" + path)(ctx)
		if rw != nil || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, %v", name, rw, err)
		}
	}
	if _, err := (console.Dialer{}).Reopen("serial:/dev/null@fast")(t.Context()); !errors.Is(err, console.ErrAddress) {
		t.Error(err)
	}
}
