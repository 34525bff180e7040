//go:build kernelcan

package console_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"otabench/ecu/console"
)

// uart is the guest's only serial port, of the 8250 driver with a clock for up to 115200 baud. Its kernel writes to it,
// and nobody reads that before the guest has ended.
const uart = "/dev/ttyS0"

// TestKernelRates asks a real driver for rates that it has and for one that it clips.
func TestKernelRates(t *testing.T) {
	rw, err := (console.Dialer{}).Dial("serial:" + uart + "@57600,7E2")
	if err != nil {
		t.Fatal(err)
	}
	c := console.New("bcm", rw, console.Options{})
	defer c.Close()
	for _, tt := range []struct {
		ask, get int
		err      error
	}{{38400, 38400, nil}, {921600, 38400, console.ErrSetting}, {12345, 12345, nil}} {
		err := c.SetBaud(t.Context(), tt.ask)
		if got := rateOf(t, uart); !errors.Is(err, tt.err) || got != tt.get {
			t.Errorf("asked for %d: has %d, %v; want %d, %v", tt.ask, got, err, tt.get, tt.err)
		}
	}
	if rw, err := (console.Dialer{}).Dial("serial:" + uart + "@4000000"); !errors.Is(err, console.ErrSetting) {
		t.Errorf("opened %v at 4 Mbaud: %v", rw, err)
	}
}

// rateOf asks the driver for the rate of a port.
func rateOf(t *testing.T, device string) int {
	t.Helper()
	f, err := os.OpenFile(device, os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	settings, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS2)
	if err != nil {
		t.Fatal(err)
	}
	return int(settings.Ospeed)
}

func TestKernelBreak(t *testing.T) {
	rw, err := (console.Dialer{}).Dial("serial:" + uart + "@115200")
	if err != nil {
		t.Fatal(err)
	}
	c := console.New("bcm", rw, console.Options{})
	defer c.Close()
	start := time.Now()
	if err := c.Break(t.Context(), 300*ms); err != nil || time.Since(start) < 300*ms {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*ms)
	defer cancel()
	if err := c.Break(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if err := c.Send(t.Context(), "it goes on\r\n"); err != nil {
		t.Error(err)
	}
}

// shadow is root's line in /etc/shadow for the test's password.
const shadow = "root:$6$otabench$VMygeIkWqnYLrm9tS0FENFs2Bb7RBbD42Qgk/qp3pOTowFy96wfCXDA2OcXxzhQvZxXfiV91Q1r.RhMhuaaAW." +
	":19000:0:99999:7:::\n"

// TestKernelLogin logs in through Debian's login with PAM. It is a kernel's test for its guest is ours alone: the files
// with the passwords and the records of logins are replaced there.
func TestKernelLogin(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shadow")
	if err := os.WriteFile(file, []byte(shadow), 0o600); err != nil {
		t.Fatal(err)
	}
	replace(t, file, "/etc/shadow", "", unix.MS_BIND)
	replace(t, "log", "/var/log", "tmpfs", 0)
	with := credentials(t)
	t.Setenv("OTABENCH_TEST_WRONG", "wrong")
	wrong := with
	wrong.Password = "env:OTABENCH_TEST_WRONG"
	var shown witness
	opt := shown.options()
	opt.LineEnd = "\r"
	c, ran := startOn(t, opt, "login")
	if !ran {
		t.Fatal("there is no login")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*limit)
	defer cancel()
	if err := c.Login(ctx, wrong); !errors.Is(err, console.ErrLogin) {
		t.Fatal(err)
	}
	if err := c.Login(ctx, with); err != nil {
		t.Fatal(err)
	}
	if lines, err := c.Command(ctx, "id -un", shell); err != nil || len(lines) != 1 || lines[0].Plain() != "root" {
		t.Errorf("%q, %v", texts(lines), err)
	}
	lines, err := c.Command(ctx, "echo '"+password+"'", shell)
	if err != nil || len(lines) != 1 || lines[0].Plain() != "[redacted]" {
		t.Errorf("%q, %v", texts(lines), err)
	}
	if err := c.Login(ctx, with); err != nil {
		t.Errorf("logged in already: %v", err)
	}
	if err := c.SendLine(ctx, "exit"); err != nil {
		t.Error(err)
	}
	<-c.Done()
	shown.check(t, c, nil)
}

// replace mounts something until the test ends.
func replace(t *testing.T, source, target, kind string, flags uintptr) {
	t.Helper()
	if err := unix.Mount(source, target, kind, flags, ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(target, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}
