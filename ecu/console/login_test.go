package console_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/ecu/console"
)

const password = "p4ss wörd#"

// credentials are those of the getty below.
func credentials(t *testing.T) console.Credentials {
	t.Setenv("OTABENCH_TEST_USER", "root")
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte(password+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return console.Credentials{User: "env:OTABENCH_TEST_USER", Password: "file:" + file}
}

// getty plays an ECU: what it prints behind each line that it is sent, of which it has seen those before.
type getty struct {
	prints []string // first of all, then behind each line
	got    []string
	pause  time.Duration // between the bytes that it prints
}

func (g *getty) serve(unit net.Conn) {
	g.print(unit, 0)
	input := make([]byte, 0, 100)
	one := make([]byte, 1)
	for {
		if _, err := unit.Read(one); err != nil {
			return
		}
		if input = append(input, one[0]); one[0] != '\n' {
			continue
		}
		g.got = append(g.got, string(input[:len(input)-1]))
		input = input[:0]
		g.print(unit, len(g.got))
	}
}

func (g *getty) print(unit net.Conn, n int) {
	if n >= len(g.prints) {
		return
	}
	for _, b := range []byte(g.prints[n]) {
		_, _ = unit.Write([]byte{b})
		time.Sleep(g.pause)
	}
}

func TestLogin(t *testing.T) {
	const ask, motd = "\r\nbcm login: ", "\r\nLast login: Mon\r\n\x1b[1mroot@bcm\x1b[0m:~# \x1b[6n"
	for _, tt := range []struct {
		name   string
		prints []string
		stands time.Duration // before Login
		change func(*console.Credentials)
		got    []string
		err    string // wraps ErrLogin
	}{
		{
			name: "user and password", prints: []string{ask, "root\r\nPassword: ", motd},
			got: []string{"root", password},
		},
		{
			name: "login prompt that stood there", stands: time.Minute, prints: []string{ask, ask, "root\r\nPassword: ", motd},
			got: []string{"", "root", password},
		},
		{
			name: "silence until return is pressed", prints: []string{"", "", ask, "root\r\nPassword: ", motd},
			got: []string{"", "", "root", password},
		},
		{name: "no password is asked for", prints: []string{ask, "root\r\n# "}, got: []string{"root"}},
		{name: "already logged in", stands: time.Second, prints: []string{"# ", "\r\n# "}, got: []string{""}},
		{name: "already logged in, no echo", stands: time.Second, prints: []string{"# ", "# "}, got: []string{""}},
		{name: "already logged in, silent", prints: []string{"", "\r\n# "}, got: []string{""}},
		{
			name: "prompt of an ECU that is gone", stands: time.Second,
			prints: []string{"# ", "", ask, "root\r\nPassword: ", motd},
			got:    []string{"", "", "root", password},
		},
		{
			name: "password prompt of somebody else", stands: time.Second,
			prints: []string{"Password: ", "\r\nLogin incorrect" + ask, "root\r\nPassword: ", motd},
			got:    []string{"", "root", password},
		},
		{
			name: "echoed password", prints: []string{ask, "root\r\nPassword: ", password + "\r\n# "},
			got: []string{"root", password},
		},
		{
			name: "boot loader with progress", prints: []string{"Loading: ####", ask, "root\r\nPassword: ", motd},
			got: []string{"", "root", password},
		},
		{
			name: "incorrect", prints: []string{ask, "root\r\nPassword: ", "\r\nLogin incorrect" + ask},
			got: []string{"root", password}, err: "answer to the password: the login was refused; of 4 lines",
		},
		{
			name: "asks again for the user", prints: []string{ask, "root\r\nPassword: ", ask},
			got: []string{"root", password}, err: "asks for a user again",
		},
		{
			name: "unknown user", prints: []string{ask, ask}, got: []string{"root"},
			err: "wait for an answer to the user's name: the login was refused: it asks for a user again",
		},
		{
			name: "asks again for the password", prints: []string{ask, "root\r\nPassword: ", "\r\nPassword: "},
			got: []string{"root", password}, err: "asks for a password again",
		},
		{
			name: "no password", prints: []string{ask, "root\r\nPassword: "}, got: []string{"root"},
			change: func(c *console.Credentials) { c.Password = "" }, err: "the credentials have none",
		},
		{
			name: "name of the user itself", prints: []string{ask, "pi\r\npi@bcm:~$ "}, got: []string{"pi"},
			change: func(c *console.Credentials) { c.User = "pi" },
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			with := credentials(t)
			if tt.change != nil {
				tt.change(&with)
			}
			synctest.Test(t, func(t *testing.T) {
				var shown witness
				c, unit := open(t, shown.options())
				g := &getty{prints: tt.prints, pause: ms}
				go g.serve(unit)
				time.Sleep(tt.stands)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				err := c.Login(ctx, with)
				if tt.err == "" && err != nil ||
					tt.err != "" && (!errors.Is(err, console.ErrLogin) || !strings.Contains(err.Error(), tt.err)) {
					t.Errorf("%v, want %q", err, tt.err)
				}
				time.Sleep(time.Second) // until all is printed
				synctest.Wait()
				if fmt.Sprint(g.got) != fmt.Sprint(tt.got) {
					t.Errorf("got %q, want %q", g.got, tt.got)
				}
				shown.check(t, c, err)
			})
		})
	}
}

// witness sees all that a console shows.
type witness struct {
	log   bytes.Buffer
	lines []string
}

func (w *witness) options() console.Options {
	return console.Options{Log: &w.log, Observe: func(l console.Line) { w.lines = append(w.lines, l.Text) }}
}

// check fails if part of the password is shown.
func (w *witness) check(t *testing.T, c *console.Console, err error) {
	t.Helper()
	for what, text := range map[string]string{
		"log": w.log.String(), "observer": strings.Join(w.lines, "\n"), "error": fmt.Sprint(err),
		"lines": fmt.Sprint(c.Since(0)),
	} {
		if strings.Contains(text, "p4") || strings.Contains(text, "rd#") {
			t.Errorf("the %s shows the password: %q", what, text)
		}
	}
}

// The echo comes in two pieces with any pause between, also one in which lines are given up; then the device vanishes.
func TestAnEchoedPasswordIsNotShown(t *testing.T) {
	with := credentials(t)
	for cut := range len(password) + 1 {
		for _, pause := range []time.Duration{0, time.Second, time.Hour} {
			synctest.Test(t, func(t *testing.T) {
				var shown witness
				c, unit := open(t, shown.options())
				g := &getty{prints: []string{"login: ", "Password: ", "# "}}
				go g.serve(unit)
				if err := c.Login(t.Context(), with); err != nil {
					t.Fatal(err)
				}
				say(t, unit, "echo "+password[:cut])
				time.Sleep(pause)
				mark := c.Mark()
				say(t, unit, password[cut:]+"\r\nsu: p4ss w")
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				_, err := c.Expect(ctx, mark, shell)
				synctest.Wait()
				shown.check(t, c, err)
				_ = unit.Close()
				<-c.Done()
				err = c.Send(t.Context(), "echo "+password)
				if err == nil || !strings.Contains(err.Error(), "[redacted]") {
					t.Error(err)
				}
				shown.check(t, c, errors.Join(err, c.Err()))
				if n := strings.Count(shown.log.String(), "[redacted]"); n != 2 {
					t.Errorf("cut at %d, after %v: %q", cut, pause, shown.log.String())
				}
			})
		}
	}
}

// A prompt that ends as the password begins is a prompt all the same.
func TestPromptThatCouldBeThePassword(t *testing.T) {
	t.Setenv("OTABENCH_TEST_PASSWORD", " # $ecret")
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		g := &getty{prints: []string{"login: ", "root\r\nPassword: ", "\r\nbcm # ", "\r\nbcm # "}}
		go g.serve(unit)
		with := console.Credentials{User: "root", Password: "env:OTABENCH_TEST_PASSWORD"}
		if err := c.Login(t.Context(), with); err != nil {
			t.Fatal(err)
		}
		if m, err := c.ExpectPrompt(t.Context(), c.Mark(), shell); err != nil || m.Line.Text != "bcm" || m.Groups[0] != "" {
			t.Errorf("%+v, %v", m, err)
		}
		if lines, err := c.Command(t.Context(), "true", shell); err != nil || len(lines) != 0 {
			t.Errorf("%v, %v", lines, err)
		}
	})
}

func TestLoginWaitsUntilItsTimeIsUp(t *testing.T) {
	with := credentials(t)
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		g := &getty{}
		go g.serve(unit)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err := c.Login(ctx, with)
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, console.ErrLogin) ||
			!strings.Contains(err.Error(), "log in: wait for a prompt") {
			t.Error(err)
		}
		synctest.Wait()
		if len(g.got) != 3 {
			t.Errorf("pressed return %d times in 10 s", len(g.got))
		}
	})
}

// A boot loader that prints is not disturbed by key presses.
func TestLoginLeavesABootLoaderAlone(t *testing.T) {
	with := credentials(t)
	with.Quiet = 5 * time.Second
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		go func() {
			for range 20 {
				time.Sleep(4 * time.Second)
				_, _ = io.WriteString(unit, "booting\r\n")
			}
			(&getty{prints: []string{"login: ", "Password: ", "$ "}}).serve(unit)
		}()
		if err := c.Login(t.Context(), with); err != nil {
			t.Error(err)
		}
	})
}

func TestWrongReferences(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return "file:" + path
	}
	c, _ := open(t, console.Options{})
	for _, tt := range []struct{ user, password, want string }{
		{"", "env:HOME", "name no user"},
		{"env:", "", "the user: the reference is not env:NAME or file:PATH"},
		{"file:" + dir + "/none", "", "the user: open " + dir},
		{"root", "sesame", "the password: the reference is not env:NAME"},
		{"root", "hunter2:sesame", "the password: the reference is not env:NAME"},
		{"root", "env:OTABENCH_TEST_NOT_SET", "env:OTABENCH_TEST_NOT_SET is empty or not set"},
		{"root", file("empty", "\n"), "is empty or not set"},
		{"root", file("lines", "sesame\nhunter2"), "is no line of up to 256 bytes"},
		{"root", file("long", strings.Repeat("sesame", 1000)), "is no line of up to 256 bytes"},
	} {
		err := c.Login(t.Context(), console.Credentials{User: tt.user, Password: tt.password})
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%v, want %q", err, tt.want)
		}
	}
}
