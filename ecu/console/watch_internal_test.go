package console

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// hears reports whether a watch of path hears of what do does, within some time.
func hears(t *testing.T, path string, do func() error, within time.Duration) bool {
	t.Helper()
	w := newWatch(path)
	defer w.close()
	w.again = 2 * within
	w.follow()
	if err := do(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	return w.wait(ctx) == nil
}

func TestWhatAWatchHears(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string) func() error {
		return func() error { return os.WriteFile(at(name), nil, 0o600) }
	}
	mkdir := func(name string) func() error { return func() error { return os.Mkdir(at(name), 0o755) } }
	for _, tt := range []struct {
		name, path string
		do         func() error
		want       bool
	}{
		{"the device appears", "tty1", write("tty1"), true},
		{"another one appears", "tty2", write("tty3"), false},
		{"its permissions change", "tty1", func() error { return os.Chmod(at("tty1"), 0o666) }, true},
		{"a folder above it appears", "serial/by-id/usb", mkdir("serial"), true},
		{"the next folder appears", "serial/by-id/usb", mkdir("serial/by-id"), true},
		{"the folder vanishes", "serial/by-id/usb", func() error { return os.Remove(at("serial/by-id")) }, true},
		{"a link appears", "link", func() error { return os.Symlink("tty4", at("link")) }, true},
		{"what the link leads to appears", "link", write("tty4"), true},
		{"a link is renamed to it", "link2", func() error { return os.Rename(at("link"), at("link2")) }, true},
		{"a link to itself", "loop", func() error { return os.Symlink("loop", at("loop")) }, true},
		{"nothing happens to a link to itself", "loop", func() error { return nil }, false},
	} {
		within := 30 * time.Second
		if !tt.want {
			within = 50 * time.Millisecond
		}
		if got := hears(t, at(tt.path), tt.do, within); got != tt.want {
			t.Errorf("%s: heard %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Without inotify, a device is looked for once a second.
func TestAWatchWithoutEventsLooksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &watch{path: "/dev/ttyUSB0", again: lookAgain}
		w.follow()
		defer w.close()
		start := time.Now()
		if err := w.wait(t.Context()); err != nil || time.Since(start) != lookAgain {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), lookAgain/2)
		defer cancel()
		if err := w.wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

func FuzzEvents(f *testing.F) {
	f.Add([]byte("\x01\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x08\x00\x00\x00tty1\x00\x00\x00\x00"))
	w := &watch{names: map[string]struct{}{"tty1": {}}}
	f.Fuzz(func(_ *testing.T, events []byte) { w.matters(events) })
}
