package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"time"
)

const (
	// maxLine is where a line without end is cut, in bytes.
	maxLine = 8 << 10
	// history is how many lines Expect can look back.
	history = 1000
	// shown is how many lines the error of Expect repeats.
	shown = 10
)

// ErrClosed means that the console has ended: it was closed, or its device vanished.
var ErrClosed = errors.New("the console has ended")

// Line is one line, without its end.
type Line struct {
	Time time.Time // when its first byte arrived
	Text string
}

// Options of a console.
type Options struct {
	// Observe is told of each line on the receive path, before anybody else sees it. It must not block.
	Observe func(Line)
	// Log receives every byte as it came, if it is not nil. Its errors are reported by Err.
	Log io.Writer
}

// Console is an open console.
type Console struct {
	name string
	rw   io.ReadWriteCloser
	opt  Options
	done chan struct{}

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when anything below changes
	lines   []Line        // the last ones
	dropped int           // lines before those
	partial Line          // the line that has no end yet, such as a prompt
	err     error
	closed  bool
}

// Mark is a place between two lines.
type Mark int

// New reads a console from a stream until it ends. The stream becomes the console's.
func New(name string, rw io.ReadWriteCloser, opt Options) *Console {
	c := &Console{name: name, rw: rw, opt: opt, done: make(chan struct{}), changed: make(chan struct{})}
	go c.read()
	return c
}

func (c *Console) String() string { return "console of " + c.name }

// Close ends the console.
func (c *Console) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	err := c.rw.Close()
	<-c.done
	return err
}

// Err returns why the console ended or its log is not complete; nil while all is well and after Close.
func (c *Console) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	return c.err
}

func (c *Console) read() {
	defer close(c.done)
	buffer := make([]byte, 4096)
	for {
		n, err := c.rw.Read(buffer)
		if n > 0 {
			c.take(buffer[:n], time.Now())
		}
		if err != nil {
			c.end(err)
			return
		}
	}
}

func (c *Console) end(err error) {
	c.update(func() {
		if c.err == nil {
			c.err = fmt.Errorf("%v: %w: %v", c, ErrClosed, err)
		}
	})
}

func (c *Console) update(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
	close(c.changed)
	c.changed = make(chan struct{})
}

// take splits what arrived into lines.
func (c *Console) take(b []byte, now time.Time) {
	if c.opt.Log != nil {
		if _, err := c.opt.Log.Write(b); err != nil {
			c.update(func() {
				if c.err == nil {
					c.err = fmt.Errorf("%v: write its log: %w", c, err)
				}
			})
		}
	}
	for len(b) > 0 {
		end := bytes.IndexByte(b, '\n')
		part, whole := b, false
		if end >= 0 {
			part, whole = b[:end], true
		}
		if room := maxLine - len(c.partial.Text); len(part) > room {
			part, whole, end = part[:room], true, room-1
		}
		c.extend(part, whole, now)
		if !whole {
			return
		}
		b = b[end+1:]
	}
}

// extend adds to the line that has no end yet, and ends it if whole.
func (c *Console) extend(part []byte, whole bool, now time.Time) {
	line := c.partial
	if line.Text == "" {
		line.Time = now
	}
	line.Text += string(part)
	if !whole {
		c.update(func() { c.partial = line })
		return
	}
	line.Text = strings.TrimSuffix(line.Text, "\r")
	if c.opt.Observe != nil {
		c.opt.Observe(line)
	}
	c.update(func() {
		c.partial = Line{}
		if c.lines = append(c.lines, line); len(c.lines) > history {
			c.lines = c.lines[1:]
			c.dropped++
		}
	})
}

// Mark returns the place behind the last line.
func (c *Console) Mark() Mark {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Mark(c.dropped + len(c.lines))
}

// Since returns the lines behind a mark, as far as they are kept.
func (c *Console) Since(m Mark) []Line {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Line(nil), c.since(m)...)
}

func (c *Console) since(m Mark) []Line {
	return c.lines[min(max(int(m)-c.dropped, 0), len(c.lines)):]
}

// Match is what Expect found: the line, and the expression's submatches as regexp.FindStringSubmatch gives them.
type Match struct {
	Line   Line
	Groups []string
}

// Expect waits for a line behind the mark that matches. A prompt without line end counts as soon as it matches.
func (c *Console) Expect(ctx context.Context, m Mark, re *regexp.Regexp) (Match, error) {
	for {
		match, found, changed, err := c.find(m, re)
		if found {
			return match, nil
		}
		if err != nil {
			return Match{}, c.failed(m, re, err)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Match{}, c.failed(m, re, ctx.Err())
		}
	}
}

func (c *Console) find(m Mark, re *regexp.Regexp) (Match, bool, <-chan struct{}, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	candidates := c.since(m)
	if c.partial.Text != "" {
		candidates = append(candidates[:len(candidates):len(candidates)], c.partial)
	}
	for _, line := range candidates {
		if groups := re.FindStringSubmatch(line.Text); groups != nil {
			return Match{Line: line, Groups: groups}, true, nil, nil
		}
	}
	return Match{}, false, c.changed, c.err
}

func (c *Console) failed(m Mark, re *regexp.Regexp, err error) error {
	lines := c.Since(m)
	text := "it printed nothing"
	if n := len(lines); n > 0 {
		var b strings.Builder
		for _, line := range lines[max(0, n-shown):] {
			fmt.Fprintf(&b, "\n\t%q", line.Text)
		}
		text = fmt.Sprintf("of %d lines the last were:%s", n, b.String())
	}
	return fmt.Errorf("%v: wait for /%s/: %w; %s", c, re, err, text)
}

// Send writes text to the console.
func (c *Console) Send(text string) error {
	if _, err := io.WriteString(c.rw, text); err != nil {
		return fmt.Errorf("%v: send %q: %w", c, text, err)
	}
	return nil
}
