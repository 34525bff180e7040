package console_test

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/creack/pty"

	"otabench/ecu/console"
)

// shells are those that peers' tests run, with what they need to be interactive.
var shells = map[string][]string{
	"bash":    {"bash", "--norc", "--noprofile", "-i"},
	"busybox": {"busybox", "ash", "-i"},
}

// startOn runs a program on a terminal of 80 columns, and returns the console's end of it. The tests that use it are
// about a peer, so they fail in CI when it is not there; elsewhere what they would have shown is left out.
func startOn(t *testing.T, opt console.Options, args ...string) (c *console.Console, ran bool) {
	t.Helper()
	if _, err := exec.LookPath(args[0]); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is missing; run .ci/install", args[0])
		}
		t.Logf("not checked: %s is not installed", args[0])
		return nil, false
	}
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "TERM=xterm", "PS1=\\u@bcm:\\w\\$ ", "HISTFILE=")
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	c = console.New("bcm", terminal, opt)
	t.Cleanup(func() {
		_ = c.Close()
		_ = cmd.Wait() // hung up
	})
	return c, true
}

// Real shells edit and echo the line that they are sent, in colours, and break it at the width of the terminal.
func TestCommandsOfRealShells(t *testing.T) {
	long := strings.Repeat("0123456789", 30)
	for name, args := range shells {
		t.Run(name, func(t *testing.T) {
			c, ran := startOn(t, console.Options{}, args...)
			if !ran {
				return
			}
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			if _, err := c.ExpectPrompt(ctx, 0, shell); err != nil {
				t.Fatal(err)
			}
			for _, tt := range []struct {
				command string
				want    []string
			}{
				{"echo hello; echo world", []string{"hello", "world"}},
				{"true", nil},
				{"", nil},
				{"echo " + long, []string{long}},
				{"sleep 0.3; printf 'a\\n\\n# \\n'", []string{"a", "", "# "}},
			} {
				lines, err := c.Command(ctx, tt.command, shell)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, l := range lines {
					got = append(got, l.Plain())
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("%q: %q, want %q", tt.command, texts(lines), tt.want)
				}
			}
		})
	}
}
