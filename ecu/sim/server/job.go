package server

import (
	"context"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/uds"
)

// job is a request that is being worked on.
type job struct {
	isotp.Message
	done    chan reply
	pending *time.Timer   // when the next responsePending is due
	again   time.Duration // from one to the next
	waiting bool          // one was sent
}

// begin starts the work on a request.
func (s *Server) begin(ctx context.Context, r isotp.Message) *job {
	session := s.cfg.Sessions[s.session]
	j := &job{
		Message: r, done: make(chan reply, 1),
		pending: time.NewTimer(margin(session.P2)), again: margin(session.P2Star),
	}
	call := s.call(r.Functional)
	go func() { j.done <- s.handle(ctx, call, r.Data) }()
	return j
}

// margin is when responsePending leaves, so that it arrives before the time is over.
func margin(limit time.Duration) time.Duration { return limit * 3 / 4 }

func (s *Server) postpone(ctx context.Context, j *job) {
	j.waiting = true
	s.send(ctx, refusal(j.Data[0], uds.ResponsePending))
	j.pending.Reset(j.again)
}

func (j *job) due() <-chan time.Time {
	if j == nil {
		return nil
	}
	return j.pending.C
}

func (j *job) finished() <-chan reply {
	if j == nil {
		return nil
	}
	return j.done
}
