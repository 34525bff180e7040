package console

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// lookAgain is how often a device is looked for when no event tells of it: another process may hold it, or the
	// kernel's watches may be used up.
	lookAgain = time.Second
	// maxLinks bounds how many links lead to a device.
	maxLinks = 8
)

// watch tells when it may be worth trying to open a device that is away.
type watch struct {
	path   string
	again  time.Duration       // how long to wait for events
	events *os.File            // of inotify; nil if there is none
	names  map[string]struct{} // those on the way to the device
}

// newWatch watches nothing until follow.
func newWatch(path string) *watch {
	w := &watch{path: path, again: lookAgain}
	if fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK); err == nil {
		w.events = os.NewFile(uintptr(fd), "inotify")
	}
	return w
}

func (w *watch) close() {
	if w.events != nil {
		_ = w.events.Close()
	}
}

// follow watches each folder on the way to the device, as far as there are any: of the path itself, and of what its
// links lead to. udev makes /dev/serial/by-id with the first adapter and removes it with the last.
func (w *watch) follow() {
	w.names = map[string]struct{}{}
	path, err := filepath.Abs(w.path)
	for range maxLinks {
		if err != nil {
			return
		}
		w.folders(path)
		target, broken := os.Readlink(path)
		if broken != nil {
			return
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
}

// folders watches the lowest folder that exists above a path, for the next name below it.
func (w *watch) folders(path string) {
	for {
		folder := filepath.Dir(path)
		if folder == path || w.add(folder) {
			w.names[filepath.Base(path)] = struct{}{}
			return
		}
		path = folder
	}
}

// watched are the events of a folder that are asked for.
const watched = unix.IN_CREATE | unix.IN_MOVED_TO | unix.IN_ATTRIB | unix.IN_DELETE_SELF | unix.IN_ONLYDIR

// add watches a folder for names that appear, and for their permissions, which udev sets after it made them.
func (w *watch) add(folder string) bool {
	if w.events == nil {
		return true
	}
	raw, err := w.events.SyscallConn()
	if err != nil {
		return true
	}
	_ = raw.Control(func(fd uintptr) {
		_, err = unix.InotifyAddWatch(int(fd), folder, watched)
	})
	return err == nil
}

// wait returns when something on the way to the device has changed, or it is time to look again. Its error is that of
// ctx.
func (w *watch) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, w.again, errLookAgain)
	defer cancel()
	if w.events == nil {
		<-ctx.Done()
	} else {
		w.read(ctx)
	}
	if errors.Is(context.Cause(ctx), errLookAgain) {
		return nil
	}
	return ctx.Err()
}

var errLookAgain = errors.New("time to look again")

// read reads events until one matters or ctx ends.
func (w *watch) read(ctx context.Context) {
	_ = w.events.SetReadDeadline(time.Time{})
	stop := context.AfterFunc(ctx, func() { _ = w.events.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	buffer := make([]byte, 4096)
	for {
		n, err := w.events.Read(buffer)
		if w.matters(buffer[:n]) {
			return
		}
		if err != nil {
			<-ctx.Done() // ended by it; or inotify failed, and only looking again helps
			return
		}
	}
}

// matters reports whether one of the events is about a name on the way to the device, or a watched folder is gone.
func (w *watch) matters(events []byte) bool {
	for len(events) >= unix.SizeofInotifyEvent {
		mask := binary.NativeEndian.Uint32(events[4:])
		size := unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(events[12:]))
		if size > len(events) {
			return true
		}
		name := strings.TrimRight(string(events[unix.SizeofInotifyEvent:size]), "\x00")
		if _, ours := w.names[name]; ours || mask&(unix.IN_DELETE_SELF|unix.IN_Q_OVERFLOW) != 0 {
			return true
		}
		events = events[size:]
	}
	return false
}
