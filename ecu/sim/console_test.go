package sim

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can/virtual"
)

// withConsole runs an ECU without a supply, with a console that is a port.
func withConsole(t *testing.T, f func(t *testing.T, port net.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		wire := virtual.NewBus("console", virtual.Options{})
		ours, theirs := net.Pipe()
		e, err := New(small(), wire.Attach("ecu"), Fixed(12e9), theirs)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := e.Start(t.Context()); err == nil {
			t.Error("it was started twice")
		}
		f(t, ours)
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		_ = wire.Close()
	})
}

func TestConsoleCommands(t *testing.T) {
	withConsole(t, func(t *testing.T, port net.Conn) {
		lines := bufio.NewScanner(port)
		next := func() string {
			lines.Scan()
			return lines.Text()
		}
		for _, want := range []string{"boot: reset by power-on", "boot: slot A, confirmed", "app: version 1.0.0 started"} {
			if got := next(); !strings.HasPrefix(got, "[") || !strings.HasSuffix(got, "] "+want) {
				t.Errorf("the console says %q, want %q", got, want)
			}
		}
		for command, want := range map[string]string{"version\r\n": "1.0.0", "\nhelp\n": "unknown command; there is: version"} {
			if _, err := port.Write([]byte(command)); err != nil {
				t.Fatal(err)
			}
			if got := next(); got != want {
				t.Errorf("%q answered with %q, want %q", command, got, want)
			}
		}
	})
}

// TestConsoleThatNobodyReads does not keep the ECU from running, nor from being closed.
func TestConsoleThatNobodyReads(t *testing.T) {
	withConsole(t, func(t *testing.T, _ net.Conn) { time.Sleep(time.Minute) })
	c := newConsole(nil)
	for range 2 * consoleDepth {
		c.print("nobody reads this")
	}
	if len(c.lines) != consoleDepth {
		t.Errorf("%d lines wait", len(c.lines))
	}
}
