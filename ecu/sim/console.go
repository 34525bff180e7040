package sim

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"
)

// consoleDepth is how many lines wait for a reader before further ones are lost.
const consoleDepth = 256

// maxCommand bounds a line that the console reads, in bytes.
const maxCommand = 256

// console is the serial line. Writing to it never blocks the ECU.
type console struct {
	port  io.Writer
	lines chan line
	power atomic.Uint64 // number of the power-on that lines belong to
}

type line struct {
	power uint64
	text  string
}

// deadliner is a port whose pending input and output can be ended.
type deadliner interface{ SetDeadline(time.Time) error }

func newConsole(port io.Writer) *console {
	return &console{port: port, lines: make(chan line, consoleDepth)}
}

// print queues a line; with nobody reading it is lost.
func (c *console) print(text string) {
	select {
	case c.lines <- line{c.power.Load(), text}:
	default:
	}
}

// off drops what was not sent when the power went.
func (c *console) off() { c.power.Add(1) }

// write sends lines until ctx ends.
func (c *console) write(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case l := <-c.lines:
			if c.port == nil || l.power != c.power.Load() {
				continue
			}
			// A port that fails is a plug that is out: the ECU goes on.
			_, _ = io.WriteString(c.port, l.text+"\r\n")
		}
	}
}

// read hands each line of input to f until ctx ends or the port does.
func (c *console) read(ctx context.Context, port io.Reader, f func(string)) {
	input := bufio.NewScanner(port)
	input.Buffer(make([]byte, maxCommand), maxCommand)
	for ctx.Err() == nil && input.Scan() {
		f(strings.TrimSpace(input.Text()))
	}
}

// release ends input and output that are under way, where the port can do that.
func (c *console) release() {
	if port, ok := c.port.(deadliner); ok {
		_ = port.SetDeadline(time.Unix(1, 0))
	}
}

// stamped is a line as boot loaders print it, with the time since the reset.
func stamped(since time.Time, format string, args ...any) string {
	return fmt.Sprintf("[%9.3f] ", time.Since(since).Seconds()) + fmt.Sprintf(format, args...)
}
