package console_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/ecu/console"
)

var shell = regexp.MustCompile(`[$#] ?$`)

func TestExpectAnyTellsWhich(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		say(t, unit, "boot: slot B\nboot: no image in slot A\nrescue> ")
		slot, image := regexp.MustCompile(`slot ([AB])$`), regexp.MustCompile(`no (image) in slot (.)(x)?`)
		m, err := c.ExpectAny(t.Context(), 0, image, slot)
		if err != nil || m.Index != 1 || m.Groups[1] != "B" || m.Next != 1 {
			t.Errorf("%+v, %v", m, err)
		}
		m, err = c.ExpectAny(t.Context(), m.Next, slot, image)
		if err != nil || m.Index != 0 || m.Groups[1] != "A" || m.Next != 2 {
			t.Errorf("%+v, %v", m, err)
		}
		m, err = c.ExpectAny(t.Context(), 1, image)
		if err != nil || !slices.Equal(m.Groups[1:], []string{"image", "A", ""}) {
			t.Errorf("%+v, %v", m, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = c.ExpectAny(ctx, m.Next, slot, image)
		if !errors.Is(err, context.DeadlineExceeded) ||
			!strings.Contains(err.Error(), "wait for /slot ([AB])$/ or /no (image)") {
			t.Error(err)
		}
	})
}

func TestAMatchedPromptIsNotFoundAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		say(t, unit, "# ")
		m, err := c.ExpectPrompt(t.Context(), c.Mark(), shell)
		if err != nil || m.Line.Text != "# " {
			t.Fatalf("%+v, %v", m, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.Expect(ctx, m.Next, shell); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the same prompt again: %v", err)
		}
		say(t, unit, "true\n# ")
		if m, err = c.Expect(t.Context(), m.Next, shell); err != nil || m.Line.Text != "# " {
			t.Errorf("the next prompt: %+v, %v", m, err)
		}
	})
}

func TestExpectPrompt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		start := time.Now()
		go func() {
			say(t, unit, "a finished line ends in # \n\x1b[01;32mroot@bcm\x1b[00m:/")
			time.Sleep(90 * ms)
			say(t, unit, "tmp# \x1b[6n") // busybox asks for the size of the terminal
		}()
		m, err := c.ExpectPrompt(t.Context(), 0, regexp.MustCompile(`^root@(\w+):.*# $`))
		if took := time.Since(start); err != nil || m.Groups[1] != "bcm" || took != 190*ms {
			t.Errorf("%+v, %v, after %v", m, err, took)
		}
		_ = unit.Close()
		_, err = c.ExpectPrompt(t.Context(), m.Next+1, shell)
		if !errors.Is(err, console.ErrClosed) || !strings.Contains(err.Error(), "wait for the prompt") {
			t.Error(err)
		}
	})
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"\x1b[?2004l\rUptime:\t\x1b[1;31m3 days\x1b[0m\a": "Uptime:\t3 days",
		"\x1b]0;root@bcm: ~\x07# \x1b[6n":                 "# ",
		"\x1b]0;title\x1b\\# \x1b(B\x1b=\x1b":             "# ",
		"\xff\x00ä":                                       "\ufffdä",
	} {
		if got := (console.Line{Text: in}).Plain(); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}

// answer plays an ECU that answers each line it is sent.
func answer(t *testing.T, unit net.Conn, f func(line string) string) {
	t.Helper()
	go func() {
		input := bufio.NewScanner(unit)
		for input.Scan() {
			if _, err := io.WriteString(unit, f(input.Text())); err != nil {
				return
			}
		}
	}()
}

func TestCommand(t *testing.T) {
	long := "printf '%s\\n' " + strings.Repeat("0123456789", 9)
	for _, tt := range []struct {
		name, before, command, reply string
		wait                         time.Duration // for the prompt to stand
		want                         []string
	}{
		{name: "echo", before: "# ", command: "version", reply: "version\r\n1.0\r\nok\r\n# ", want: []string{"1.0", "ok"}},
		{name: "no echo", before: "# ", command: "version", reply: "1.0.0\r\n# ", want: []string{"1.0.0"}},
		{name: "nothing before, echo", command: "version", reply: "version\r\n1.0.0\r\n# ", want: []string{"1.0.0"}},
		{name: "nothing before, no echo", command: "version", reply: "1.0.0\r\n# ", want: []string{"1.0.0"}},
		{name: "no output", before: "# ", command: "true", reply: "true\r\n# "},
		{name: "no output, no echo", before: "# ", command: "true", reply: "# "},
		{
			name: "prompt that stood long", before: "# ", command: "version", reply: "version\r\n1.0.0\r\n# ",
			wait: time.Minute, want: []string{"1.0.0"},
		},
		{
			name: "echo with colours, in pieces of the terminal's width", before: "\x1b[1m#\x1b[0m ", command: long,
			reply: long[:60] + " \r" + long[60:80] + "\r\n" + long[80:] + "\r\nx\r\n# \x1b[6n", want: []string{"x"},
		},
		{
			name: "output begins like the command", before: "# ", command: "reboot now",
			reply: "reboot\r\nnow or never\r\n# ", want: []string{"reboot", "now or never"},
		},
		{name: "empty command", before: "# ", command: "", reply: "\r\n# "},
		{
			name: "prompts within the output", before: "# ", command: "cat x", reply: "cat x\r\n# \r\n$ \r\n# ",
			want: []string{"# ", "$ "},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, unit := open(t, console.Options{})
				if tt.before != "" {
					say(t, unit, tt.before)
				}
				time.Sleep(tt.wait)
				synctest.Wait()
				answer(t, unit, func(string) string { return tt.reply })
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				lines, err := c.Command(ctx, tt.command, shell)
				if err != nil || !slices.Equal(texts(lines), tt.want) {
					t.Errorf("%q, %v; want %q", texts(lines), err, tt.want)
				}
			})
		})
	}
}

func TestCommandThatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		say(t, unit, "# ")
		answer(t, unit, func(string) string { return "sleep 100\r\n" })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.Command(ctx, "sleep 100", shell)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), `behind the command "sleep 100"`) {
			t.Error(err)
		}
	})
}

func TestCommandWithMoreOutputThanIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		answer(t, unit, func(string) string { return "dmesg\r\n" + strings.Repeat("line\r\n", 1099) + "# " })
		lines, err := c.Command(t.Context(), "dmesg", shell)
		if len(lines) != 1000 || err == nil || !strings.Contains(err.Error(), `first 100 lines of the output of "dmesg"`) {
			t.Errorf("%d lines, %v", len(lines), err)
		}
	})
}

func TestSendLineEndsTheLineAsTheOptionSays(t *testing.T) {
	for _, end := range []string{"", "\r", "\r\n"} {
		synctest.Test(t, func(t *testing.T) {
			c, unit := open(t, console.Options{LineEnd: end})
			go func() { _ = c.SendLine(t.Context(), "version") }()
			want := "version" + end
			if end == "" {
				want = "version\n"
			}
			b := make([]byte, len(want))
			if _, err := io.ReadFull(unit, b); err != nil || string(b) != want {
				t.Errorf("%q, %v", b, err)
			}
		})
	}
}

func TestTextThatTheECUDoesNotTake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := open(t, console.Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for _, want := range []string{`send "a", which it does not take`, `send "b": wait behind text`} {
			if err := c.Send(ctx, want[6:7]); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		}
	})
}

func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		say(t, unit, "one\n")
		go func() {
			time.Sleep(time.Second)
			say(t, unit, "two\n$ ")
			time.Sleep(time.Second)
			_ = unit.Close()
		}()
		var got []string
		err := c.Follow(t.Context(), 0, func(l console.Line, finished bool) {
			got = append(got, fmt.Sprintf("%v %v", l, finished))
		})
		if !errors.Is(err, console.ErrClosed) || !slices.Equal(got, []string{"one true", "two true", "$  false", "$  true"}) {
			t.Errorf("%q, %v", got, err)
		}
	})
}
