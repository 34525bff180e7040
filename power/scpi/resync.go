package scpi

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// resynchronise finds the place where the next answer belongs to the next question.
func (s *session) resynchronise(ctx context.Context) error {
	if s.wire.marks {
		return s.resynchroniseByMark(ctx)
	}
	return s.resynchroniseByIdentity(ctx)
}

// resynchroniseByMark uses *ESE, a register that every IEEE 488.2 instrument has and nothing here uses.
func (s *session) resynchroniseByMark(ctx context.Context) error {
	// 128 to 255: no reply of an instrument that is only a small number can be taken for it.
	s.mark = 128 | (s.mark + 1)
	number := strconv.Itoa(int(s.mark))
	if err := s.write(ctx, "*ESE "+number); err != nil {
		return err
	}
	if err := s.write(ctx, "*ESE?"); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	for {
		reply, err := s.read(ctx, "*ESE?", s.timeout)
		if err != nil {
			return err
		}
		if reply == number {
			s.dirty = false
			return nil
		}
	}
}

// quietTime is how long an instrument without a register to mark has to be silent before it is taken to have said all. The
// slowest answer among them is a GPD's to STATUS?, after 400 ms.
const quietTime = 500 * time.Millisecond

// resynchroniseByIdentity lets the instrument say all that it has to, and then asks who it is: no other question has that
// answer. It comes in the order of the questions, so what is asked next is answered next.
func (s *session) resynchroniseByIdentity(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout+2*quietTime)
	defer cancel()
	for {
		if err := s.explain(ctx, "wait for silence", s.link.settle(ctx, quietTime)); err != nil {
			return err
		}
		if s.identity == "" { // it is being opened
			s.dirty = false
			return nil
		}
		reply, err := s.exchange(ctx, "*IDN?")
		if err != nil {
			return fmt.Errorf("%w: find the way back", err)
		}
		if reply == s.identity {
			// An earlier *IDN? may be answered too, if that had timed out.
			s.dirty = false
			return s.explain(ctx, "wait for silence", s.link.settle(ctx, quietTime))
		}
	}
}
