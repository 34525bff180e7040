package scpi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"otabench/power"
)

// session carries commands to one instrument and its replies back, one at a time.
type session struct {
	link    *link
	address string
	timeout time.Duration
	pace    time.Duration
	shared  bool
	wire    wire
	turn    chan struct{} // holds one token while a command is carried out

	// These belong to whoever has the turn.
	dirty    bool      // a reply stayed out and may still come
	mark     uint8     // last number used to find the way back
	identity string    // what *IDN? answers, once that is known
	ready    time.Time // when the instrument takes the next command
}

func newSession(rw io.ReadWriteCloser, address string, w wire, opts Options) *session {
	return &session{
		link: newLink(rw, w.gap), address: address, wire: w,
		timeout: opts.Timeout, pace: opts.Pace, shared: opts.Shared,
		turn: make(chan struct{}, 1),
	}
}

// change sends commands, and after each reads the error queue until it is empty, if the instrument has one. Nobody else
// of this session comes in between; the first that fails is the last.
func (s *session) change(ctx context.Context, commands ...string) error {
	if err := s.take(ctx, commands[0]); err != nil {
		return err
	}
	defer s.yield()
	for _, command := range commands {
		if err := s.write(ctx, command); err != nil {
			return err
		}
		if err := s.drain(ctx, command); err != nil {
			return err
		}
	}
	return nil
}

// forget empties the error queue: what an earlier user left there is no error of ours.
func (s *session) forget(ctx context.Context) error {
	if s.wire.clear != "" {
		return s.change(ctx, s.wire.clear)
	}
	if s.wire.errors == "" {
		return nil
	}
	if err := s.take(ctx, s.wire.errors); err != nil {
		return err
	}
	defer s.yield()
	err := s.drain(ctx, s.wire.errors)
	if errors.Is(err, power.ErrInstrument) && !errors.Is(err, power.ErrLink) && !errors.Is(err, power.ErrReply) {
		return nil
	}
	return err
}

// query sends a query and returns the reply as parse understands it.
func query[T any](ctx context.Context, s *session, question string, parse func(string) (T, error)) (T, error) {
	if err := s.take(ctx, question); err != nil {
		var none T
		return none, err
	}
	defer s.yield()
	return ask(ctx, s, question, parse)
}

// close ends the session; pending commands fail.
func (s *session) close() error { return s.link.close() }

// take waits for the turn. Who has given up gets none, so that nothing is sent for one who no longer wants it.
func (s *session) take(ctx context.Context, command string) error {
	if ctx.Err() != nil {
		return s.gaveUp(ctx, command)
	}
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return s.gaveUp(ctx, command)
	}
}

func (s *session) yield() { <-s.turn }

// ask needs the turn.
func ask[T any](ctx context.Context, s *session, question string, parse func(string) (T, error)) (T, error) {
	var none T
	if s.dirty {
		if err := s.resynchronise(ctx); err != nil {
			return none, fmt.Errorf("before %s: %w", question, err)
		}
	}
	s.link.discard()
	reply, err := s.exchange(ctx, question)
	if err != nil {
		return none, err
	}
	value, err := parse(reply)
	if err != nil {
		s.dirty = true // who knows what the rest of this is
		return none, fmt.Errorf("%s: %s: %w: %q: %w", s.address, question, power.ErrReply, reply, err)
	}
	return value, nil
}

// sharedAsks is how often a question is asked within its time over a link beside which others talk to an instrument that
// loses what comes too soon. They are spared everywhere else: to one that hangs, each would go out ahead of the off.
const sharedAsks = 8

// exchange sends a question and returns the answer. Where another client's message may have made the instrument lose the
// question, it is asked again; what is not answered the last time leaves the session dirty.
func (s *session) exchange(ctx context.Context, question string) (string, error) {
	asks, dirty := 1, s.dirty
	if s.shared && s.wire.loses {
		asks = sharedAsks
	}
	for n := 1; ; n++ {
		if err := s.write(ctx, question); err != nil {
			return "", err
		}
		reply, err := s.read(ctx, question, s.timeout/time.Duration(asks))
		switch {
		case err == nil && n > 1: // those before were perhaps not lost, and their answers are only late
			err := s.link.settle(ctx, quietTime)
			s.dirty = dirty || err != nil
			return reply, s.explain(ctx, question, err)
		case err == nil, n == asks, ctx.Err() != nil:
			return reply, err
		}
	}
}

// write sends one line, not before the instrument's pace allows it. A line that did not get out in time may still do so
// and be answered.
func (s *session) write(ctx context.Context, line string) error {
	limited, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if wait := time.Until(s.ready); wait > 0 {
		select {
		case <-time.After(wait):
		case <-limited.Done():
			return s.explain(ctx, line, limited.Err())
		}
	}
	if err := ctx.Err(); err != nil {
		return s.gaveUp(ctx, line)
	}
	err := s.link.write(limited, line+s.wire.terminator)
	s.ready = time.Now().Add(s.pace)
	if err != nil {
		s.dirty = true
	}
	return s.explain(ctx, line, err)
}

// read returns the next line. If none comes in time the session is dirty.
func (s *session) read(ctx context.Context, question string, patience time.Duration) (string, error) {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	reply, err := s.link.read(limited)
	if err != nil {
		s.dirty = true
	}
	return reply, s.explain(ctx, question, err)
}

// explain says which command failed on which instrument, and wraps ErrLink unless the caller gave up. The end of ctx is
// the caller's; an instrument that does not answer in its own time is no reason to say that the caller's was over.
func (s *session) explain(ctx context.Context, command string, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return s.gaveUp(ctx, command)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: %s: %w in %v", s.address, command, power.ErrLink, s.timeout)
	}
	return fmt.Errorf("%s: %s: %w: %w", s.address, command, power.ErrLink, err)
}

// gaveUp is the error of a caller whose context has ended.
func (s *session) gaveUp(ctx context.Context, command string) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%s: %s: %w in time: %w", s.address, command, power.ErrLink, context.Cause(ctx))
	}
	return fmt.Errorf("%s: %s: %w", s.address, command, context.Cause(ctx))
}

// maxErrors bounds how many errors are read after one command.
const maxErrors = 20

// drain reads the error queue and returns what was in it, joined.
func (s *session) drain(ctx context.Context, command string) error {
	if s.wire.errors == "" {
		return nil
	}
	var found []error
	for range maxErrors {
		e, err := ask(ctx, s, s.wire.errors, s.wire.parseError)
		if err != nil {
			return errors.Join(append(found, err)...)
		}
		if e.code == 0 {
			return errors.Join(found...)
		}
		found = append(found, fmt.Errorf("%s: %s: %w: %w", s.address, command, power.ErrInstrument, e))
	}
	return errors.Join(append(found, fmt.Errorf("%s: %s: %w: its error queue does not get empty",
		s.address, command, power.ErrInstrument))...)
}
