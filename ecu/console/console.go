package console

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// history is how many lines Expect can look back.
const history = 1000

// ErrClosed means that the console has ended: it was closed, or its device vanished.
var ErrClosed = errors.New("the console has ended")

// Options of a console.
type Options struct {
	// Observe is told of each line on the receive path, before anybody else sees it. It must neither block nor close
	// the console.
	Observe func(Line)
	// Log receives every byte as it came, if it is not nil, but for the passwords of Login; and a note of each gap. Its
	// errors are reported by Err.
	Log io.Writer
	// LineEnd is what SendLine, Command and Login end a line with; "\n" if it is empty. A boot loader may want "\r".
	LineEnd string
	// Reconnect says what to do when the device vanishes. If it is nil, the console ends.
	Reconnect *Reconnect
}

// Console is an open console.
type Console struct {
	name   string
	opt    Options
	cancel context.CancelFunc
	done   chan struct{} // closed when the reader has ended
	turn   chan struct{} // held by whoever writes or changes the line

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when anything below changes
	stream  io.ReadWriteCloser
	away    bool     // the device vanished, and may come back; the stream is the reader's to close
	lines   []Line   // the last ones
	dropped int      // lines before those
	partial printed  // the unfinished line, such as a prompt
	secrets []string // not to be shown; replaced, never changed
	ended   error
	logErr  error
	closed  bool
}

// New reads a console from a stream until it ends. The stream becomes the console's.
func New(name string, rw io.ReadWriteCloser, opt Options) *Console {
	if opt.LineEnd == "" {
		opt.LineEnd = "\n"
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := &Console{
		name: name, opt: opt, stream: rw, cancel: cancel,
		done: make(chan struct{}), turn: make(chan struct{}, 1), changed: make(chan struct{}),
	}
	go c.read(ctx, rw)
	return c
}

func (c *Console) String() string { return "console of " + c.name }

// Close ends the console and waits until its observers will not be called any more.
func (c *Console) Close() error {
	c.mu.Lock()
	c.closed = true
	stream, ours := c.stream, !c.away
	c.mu.Unlock()
	c.cancel()
	var err error
	if ours {
		err = stream.Close()
	}
	<-c.done
	return err
}

// Done is closed when the console has ended. Err then says why, if it was not Close.
func (c *Console) Done() <-chan struct{} { return c.done }

// Err returns why the console ended, unless Close ended it, and why its log is not complete.
func (c *Console) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.logErr
	}
	return errors.Join(c.ended, c.logErr)
}

func (c *Console) update(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
	close(c.changed)
	c.changed = make(chan struct{})
}

// printed is a line as far as it has come.
type printed struct {
	Line
	hidden  string    // what came behind the text and may be the beginning of a secret: for matching only
	touched time.Time // when it last grew
}
