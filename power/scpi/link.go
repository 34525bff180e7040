package scpi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// maxReply bounds a reply in bytes; an instrument's longest is some hundred.
const maxReply = 4096

// idlePause is waited after a read that returned nothing, as go.bug.st/serial does on its read timeout.
const idlePause = 5 * time.Millisecond

// errClosed is what commands fail with after Close.
var errClosed = errors.New("the link is closed")

// link turns an io.ReadWriteCloser, whose calls block for as long as they like, into replies that can be waited for with
// a context. A goroutine each reads and writes; both end when the link is closed.
type link struct {
	rw      io.ReadWriteCloser
	gap     time.Duration // silence that ends a reply, zero where replies are lines
	replies chan string   // lines, or pieces as they came; closed when reading has ended
	failure error         // why reading has ended, valid once replies is closed
	writes  chan write
	done    chan struct{}
	close   func() error // may be called more than once
}

type write struct {
	text   string
	result chan error
}

func newLink(rw io.ReadWriteCloser, gap time.Duration) *link {
	l := &link{rw: rw, gap: gap, replies: make(chan string, 16), writes: make(chan write), done: make(chan struct{})}
	l.close = sync.OnceValue(func() error {
		close(l.done)
		return rw.Close()
	})
	go l.readLoop()
	go l.writeLoop()
	return l
}

// write hands text over in one Write. If ctx ends first the text may still go out, ahead of anything written later.
func (l *link) write(ctx context.Context, text string) error {
	w := write{text: text, result: make(chan error, 1)}
	select {
	case l.writes <- w:
	case <-ctx.Done():
		return ctx.Err()
	case <-l.done:
		return errClosed
	}
	select {
	case err := <-w.result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-l.done:
		return errClosed
	}
}

// read returns the next reply without its terminator.
func (l *link) read(ctx context.Context) (string, error) {
	reply, err := l.next(ctx)
	if l.gap == 0 || err != nil {
		return reply, err
	}
	for {
		quiet, cancel := context.WithTimeout(ctx, l.gap)
		piece, err := l.next(quiet)
		cancel()
		switch {
		case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
			return reply, nil
		case err != nil:
			return "", err
		case len(reply)+len(piece) > maxReply:
			return "", tooLong(reply)
		}
		reply += piece
	}
}

// settle throws away what still comes, until nothing has come for that long.
func (l *link) settle(ctx context.Context, quiet time.Duration) error {
	for {
		wait, cancel := context.WithTimeout(ctx, quiet)
		_, err := l.next(wait)
		cancel()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, context.DeadlineExceeded):
			return nil
		case err != nil:
			return err
		}
	}
}

func tooLong(reply string) error {
	return fmt.Errorf("more than %d bytes without an end, beginning with %q", maxReply, reply[:min(len(reply), 32)])
}

func (l *link) next(ctx context.Context) (string, error) {
	select {
	case reply, ok := <-l.replies:
		if !ok {
			return "", l.failure
		}
		return reply, nil
	case <-ctx.Done():
		return "", ctx.Err()
	case <-l.done:
		return "", errClosed
	}
}

// discard throws away replies that have arrived without a question.
func (l *link) discard() {
	for range cap(l.replies) {
		select {
		case <-l.replies:
		default:
			return
		}
	}
}

func (l *link) writeLoop() {
	for {
		select {
		case w := <-l.writes:
			_, err := io.WriteString(l.rw, w.text)
			w.result <- err
		case <-l.done:
			return
		}
	}
}

func (l *link) readLoop() {
	defer close(l.replies)
	lines := splitter{raw: l.gap > 0}
	chunk := make([]byte, 1024)
	for {
		n, err := l.rw.Read(chunk)
		for reply := range lines.feed(chunk[:n]) {
			select {
			case l.replies <- reply:
			case <-l.done:
				l.failure = errClosed
				return
			}
		}
		switch {
		case lines.overflown():
			l.failure = tooLong(string(lines.rest))
			return
		case err != nil:
			l.failure = err
			return
		case n == 0 && !l.pause():
			l.failure = errClosed
			return
		}
	}
}

// pause reports false if the link was closed meanwhile.
func (l *link) pause() bool {
	select {
	case <-time.After(idlePause):
		return true
	case <-l.done:
		return false
	}
}
