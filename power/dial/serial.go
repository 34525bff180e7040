package dial

import (
	"io"
	"io/fs"
	"sync/atomic"
	"time"
)

// closeWait is how long Close waits for a write in progress.
const closeWait = time.Second

// guarded keeps writes away from a closed serial port: go.bug.st/serial would write to a file descriptor that may belong
// to another file by then, perhaps to another instrument.
type guarded struct {
	port    io.ReadWriteCloser
	writing chan struct{} // holds one token during a write
	closed  atomic.Bool
}

func guard(port io.ReadWriteCloser) *guarded {
	return &guarded{port: port, writing: make(chan struct{}, 1)}
}

func (g *guarded) Read(p []byte) (int, error) { return g.port.Read(p) }

// Write writes all of p, also where the port takes it in pieces.
func (g *guarded) Write(p []byte) (int, error) {
	g.writing <- struct{}{}
	defer func() { <-g.writing }()
	written := 0
	for written < len(p) {
		if g.closed.Load() {
			return written, fs.ErrClosed
		}
		n, err := g.port.Write(p[written:])
		written += n
		if err != nil {
			return written, err
		}
		if n == 0 {
			return written, io.ErrShortWrite
		}
	}
	return written, nil
}

// Close lets a write in progress finish. One that does not is stuck in the kernel, which holds the file itself, so the
// descriptor can be closed then too.
func (g *guarded) Close() error {
	if g.closed.Swap(true) {
		return nil
	}
	select {
	case g.writing <- struct{}{}:
		defer func() { <-g.writing }()
	case <-time.After(closeWait):
	}
	return g.port.Close()
}
