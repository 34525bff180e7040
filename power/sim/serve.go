package sim

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"
	"sync"
	"time"
)

// Serve answers commands on one connection until the other side closes it, ctx is done or the instrument vanishes; then
// it returns nil. If rw is an io.Closer, it is closed when ctx is done: that is what ends a pending read.
func (s *Supply) Serve(ctx context.Context, rw io.ReadWriter) error {
	detach, ok := s.faults.attach(rw)
	if !ok {
		return nil
	}
	defer detach()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { closeIfCloser(rw) })
	defer stop()

	if s.model.dialect.gap > 0 {
		return closed(s.serveBySilence(ctx, rw))
	}
	lines := bufio.NewReaderSize(rw, cmp.Or(s.model.dialect.message, maxMessage))
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			s.queue(errInputOverrun)
			err = discardLine(lines)
			line = nil
		}
		if err != nil {
			return closed(err)
		}
		if err := s.answer(ctx, rw, strings.TrimRight(string(line), "\r\n")); err != nil {
			return closed(err)
		}
	}
}

func (s *Supply) answer(ctx context.Context, w io.Writer, line string) error {
	if line == "" || s.deaf() {
		return nil
	}
	return s.carryOut(ctx, w, line)
}

func (s *Supply) carryOut(ctx context.Context, w io.Writer, line string) error {
	if err := s.faults.process(ctx, s.model.dialect.takes, line); err != nil {
		return io.EOF
	}
	answer := s.execute(line)
	if answer == "" {
		return nil
	}
	return s.faults.reply(ctx, w, answer+s.model.dialect.ending())
}

// deaf reports a message that comes while the instrument is still busy with the one before. Otherwise it is busy with
// this one from now on.
func (s *Supply) deaf() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if now.Before(s.busyUntil) {
		return true
	}
	s.busyUntil = now.Add(s.model.dialect.busy)
	return false
}

func (d *dialect) ending() string {
	if d.terminator == "" && d.gap == 0 {
		return "\n"
	}
	return d.terminator
}

// discardLine reads up to the end of an overlong line.
func discardLine(r *bufio.Reader) error {
	for {
		if _, err := r.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// closed turns the ways a connection ends into nil.
func closed(err error) error {
	for _, end := range []error{io.EOF, io.ErrClosedPipe, net.ErrClosed, fs.ErrClosed} {
		if errors.Is(err, end) {
			return nil
		}
	}
	return fmt.Errorf("serve the simulated supply: %w", err)
}

// ServeListener serves every connection that l accepts until ctx is done, then closes them and l and returns nil.
func (s *Supply) ServeListener(ctx context.Context, l net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	var connections sync.WaitGroup
	defer func() { cancel(); connections.Wait() }()
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("serve the simulated supply on %v: %w", l.Addr(), err)
		}
		connections.Go(func() {
			defer conn.Close()
			_ = s.Serve(ctx, conn) // a broken connection concerns its client alone
		})
	}
}
