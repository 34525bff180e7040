package sim

import (
	"context"
	"errors"
	"time"

	"otabench/can/isotp"
)

// server is the diagnostic server (ISO 14229-1:2020). One request is worked on at a time, in a goroutine of its own, so
// that responses 0x78 leave in time; everything but requests and job is that goroutine's while a job is under way.
type server struct {
	life     *life
	cfg      Config
	gates    *gates
	conn     isotp.Conn
	services map[byte]service

	session  byte
	security security
	transfer *transfer
	results  map[uint16][]byte // status records of routines in this session
	dtcsOff  bool
}

// reply is what a request leads to.
type reply struct {
	data     []byte // positive response
	code     nrc
	suppress bool   // no positive response is wanted
	then     func() // after the response was sent; may be nil
}

// job is a request that is being worked on.
type job struct {
	isotp.Message
	done    chan reply
	pending *time.Timer // when the next 0x78 is due
	waiting bool        // a 0x78 was sent
}

func newServer(l *life) *server {
	s := &server{
		life: l, cfg: l.cfg, gates: &gates{cfg: l.cfg.Gates, terminal: l.supply.terminal},
		session: defaultSession, security: newSecurity(l.cfg, l.nvm), results: map[uint16][]byte{},
	}
	s.services = s.table()
	return s
}

// serve answers requests until ctx ends.
func (l *life) serve(ctx context.Context) {
	s := newServer(l)
	defer s.gates.watch(l.bus)()
	conn, err := l.connect()
	if err != nil {
		l.log("app: no diagnostics: %v", err)
		return
	}
	defer conn.Close()
	s.conn = conn
	requests := make(chan isotp.Message)
	l.tasks.Go(func() { forward(ctx, conn, requests) })
	s.loop(ctx, requests)
}

func (l *life) connect() (isotp.Conn, error) {
	return isotp.Open(l.bus, l.cfg.connection())
}

// forward receives requests until the connection is closed. A message that arrives damaged is not a request.
func forward(ctx context.Context, conn isotp.Conn, to chan<- isotp.Message) {
	for {
		m, err := conn.Receive(ctx, 0)
		if ctx.Err() != nil || errors.Is(err, isotp.ErrClosed) {
			return
		}
		if err != nil || len(m.Data) == 0 {
			continue
		}
		select {
		case to <- m:
		case <-ctx.Done():
			return
		}
	}
}

func (s *server) loop(ctx context.Context, requests <-chan isotp.Message) {
	var j *job
	s3 := time.NewTimer(s.cfg.Timing.S3)
	defer s3.Stop()
	for {
		select {
		case <-ctx.Done():
			if j != nil {
				<-j.done
			}
			return
		case r := <-requests:
			if j != nil {
				s.turnAway(ctx, r)
				continue
			}
			s3.Stop()
			j = s.begin(ctx, r)
		case <-j.due():
			s.postpone(ctx, j)
		case r := <-j.finished():
			s.finish(ctx, j, r)
			j = nil
			s3.Reset(s.cfg.Timing.S3)
		case <-s3.C:
			s.enter(defaultSession)
		}
	}
}

// begin starts the work on a request.
func (s *server) begin(ctx context.Context, r isotp.Message) *job {
	j := &job{Message: r, done: make(chan reply, 1), pending: time.NewTimer(margin(s.cfg.Timing.P2))}
	go func() { j.done <- s.handle(ctx, r.Data) }()
	return j
}

// margin is when a response 0x78 leaves, so that it arrives before the time is over.
func margin(limit time.Duration) time.Duration { return limit * 3 / 4 }

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

func (s *server) postpone(ctx context.Context, j *job) {
	j.waiting = true
	s.send(ctx, negative(j.Data[0], responsePending))
	j.pending.Reset(margin(s.cfg.Timing.P2Star))
}

// turnAway answers a request that comes while another is worked on. TesterPresent without a response is welcome.
func (s *server) turnAway(ctx context.Context, r isotp.Message) {
	if len(r.Data) == 2 && r.Data[0] == testerPresent && r.Data[1] == suppressPositive {
		return
	}
	s.send(ctx, negative(r.Data[0], busyRepeatRequest))
}

// finish sends what is to be sent. Once 0x78 was sent, the final response is never suppressed (ISO 14229-1:2020, 7.5.3).
func (s *server) finish(ctx context.Context, j *job, r reply) {
	j.pending.Stop()
	switch {
	case r.code != ok && j.Functional && !j.waiting && r.code.silentWhenFunctional():
	case r.code != ok:
		s.send(ctx, negative(j.Data[0], r.code))
	case !r.suppress || j.waiting:
		s.send(ctx, r.data)
	}
	if r.then != nil {
		r.then()
	}
}

// send transmits a response. Where nobody takes it, the tester has to ask again; the server goes on.
func (s *server) send(ctx context.Context, data []byte) {
	if err := s.conn.Send(ctx, data); err != nil && ctx.Err() == nil {
		s.life.log("app: response % X not sent: %v", data[:min(len(data), 4)], err)
	}
}
