package plugin_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otabench/ecu/plugin"
)

// script makes a program of a shell script.
func script(t *testing.T, text string) plugin.Program {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return plugin.Program{path}
}

func TestKey(t *testing.T) {
	in := filepath.Join(t.TempDir(), "in")
	p := append(script(t, `cat >"$1"; echo '{"key":"0102ff"}'`), in)
	key, err := p.Key(t.Context(), plugin.KeyRequest{ECU: "bcm", Level: 0x11, Seed: []byte{0xA1, 0xB2}, Secret: []byte{0x00, 0x11}})
	if err != nil || !bytes.Equal(key, []byte{1, 2, 0xFF}) {
		t.Fatalf("Key = % X, %v", key, err)
	}
	got, err := os.ReadFile(in)
	const want = `{"protocol":"otabench/1","operation":"key","ecu":"bcm","level":17,"seed":"a1b2","secret":"0011"}`
	if err != nil || string(got) != want {
		t.Errorf("the program read %s, %v\nwant %s", got, err, want)
	}
}

func TestTransform(t *testing.T) {
	p := script(t, `grep -q '"block":"app","address":32768,"data":"AQI="' && echo '{"data":"AwQF"}'`)
	data, err := p.Transform(t.Context(), plugin.TransformRequest{Block: "app", Address: 0x8000, Data: []byte{1, 2}})
	if err != nil || !bytes.Equal(data, []byte{3, 4, 5}) {
		t.Errorf("Transform = % X, %v", data, err)
	}
}

func TestFailures(t *testing.T) {
	tests := []struct{ name, script, want string }{
		{"says why", `echo '{"error":"no license"}'`, `"no license"`},
		{"fails", `echo broken >&2; exit 3`, `exit status 3`},
		{"says nothing", `exit 0`, "not the JSON"},
		{"odd answer", `echo '{"key":"01","extra":1}'`, "unknown field"},
		{"two answers", `echo '{"key":"01"}{"key":"02"}'`, "more than one"},
		{"no hexadecimal", `echo '{"key":"xy"}'`, "hexadecimal digits"},
		{"no key", `echo '{}'`, "hexadecimal digits"},
		{"tells the secret", `echo "got DEADBEEF, deadbeef" >&2; exit 1`, `"got ***, ***"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := script(t, tt.script).Key(t.Context(), plugin.KeyRequest{Seed: []byte{1}, Secret: []byte{0xDE, 0xAD, 0xBE, 0xEF}})
			if !errors.Is(err, plugin.ErrProgram) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want it to contain %s", err, tt.want)
			}
		})
	}
	if _, err := (plugin.Program{"/does/not/exist"}).Key(t.Context(), plugin.KeyRequest{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a program that does not exist: %v", err)
	}
	if _, err := (plugin.Program{}).Transform(t.Context(), plugin.TransformRequest{}); !errors.Is(err, plugin.ErrProgram) {
		t.Errorf("no program: %v", err)
	}
}

// A program that hangs ends with the caller's context, also if a child of it keeps its output open.
func TestHangingProgram(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	started := filepath.Join(t.TempDir(), "started")
	p := append(script(t, `mkfifo "$1" 2>/dev/null; sleep 1000 & echo >"$1"; wait`), started)
	done := make(chan error, 1)
	go func() {
		_, err := p.Key(ctx, plugin.KeyRequest{})
		done <- err
	}()
	for { // until the pipe is there, whose opening then waits for the program
		if _, err := os.Stat(started); err == nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if _, err := os.ReadFile(started); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

func ExampleProgram_Key() {
	p := plugin.Program{"sh", "-c", `echo '{"key":"c0ffee"}'`}
	key, err := p.Key(context.Background(), plugin.KeyRequest{ECU: "bcm", Level: 1, Seed: []byte{1, 2, 3}})
	fmt.Printf("%x %v\n", key, err)
	// Output: c0ffee <nil>
}
