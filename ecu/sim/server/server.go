package server

import (
	"context"
	"errors"
	"fmt"

	"otabench/can/isotp"
	"otabench/ecu/uds"
)

const (
	positive         byte = 0x40 // added to the service in a positive response
	negative         byte = 0x7F
	suppressPositive byte = 0x80 // suppressPosRspMsgIndicationBit of a sub-function
)

// Server is a diagnostic server. One request is worked on at a time, in a goroutine of its own, so that responsePending
// leaves in time. While a job is under way, everything but the jobs themselves is that goroutine's.
type Server struct {
	conn     isotp.Conn
	cfg      Config
	services map[byte]service

	session    byte
	roles      Roles
	dialogue   dialogue
	security   security
	counter    uint16 // of the last secured message
	transfer   *transfer
	routines   map[uint16]*progress
	controlled map[uint16]*InputOutput
	dynamic    map[uint16][]piece
	sending    []sending
	events     []*event
	link       linkState
	timing     []byte // parameters of AccessTimingParameter
	silenced   bool   // communication is not as the default session has it
	frozen     bool   // trouble codes are off
	mute       bool   // the request within a secured one wants no response
	after      []func()
}

// New returns a server that is to answer on conn, which stays the caller's. The error wraps ErrConfig.
func New(conn isotp.Conn, cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &Server{
		conn: conn, cfg: cfg, session: DefaultSession, security: newSecurity(cfg.Security), routines: map[uint16]*progress{},
		controlled: map[uint16]*InputOutput{}, dynamic: map[uint16][]piece{},
	}
	s.services = s.table()
	return s, nil
}

// Serve answers requests until ctx ends or the connection is closed, and returns why. Functions of the Config have
// returned then. It is called once.
func (s *Server) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	requests := make(chan isotp.Message)
	received := make(chan struct{})
	go func() {
		defer close(received)
		cancel(s.receive(ctx, requests))
	}()
	s.loop(ctx, requests)
	<-received
	return fmt.Errorf("diagnostic server on %v: %w", s.conn, context.Cause(ctx))
}

// receive hands over requests until the connection is closed. A message that arrives damaged is not a request.
func (s *Server) receive(ctx context.Context, to chan<- isotp.Message) error {
	for {
		m, err := s.conn.Receive(ctx, 0)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, isotp.ErrClosed):
			return err
		case err != nil || len(m.Data) == 0:
			continue
		}
		select {
		case to <- m:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Server) loop(ctx context.Context, requests <-chan isotp.Message) {
	var j *job
	var s3, agenda alarm
	defer s3.stop()
	defer agenda.stop()
	for {
		select {
		case <-ctx.Done():
			if j != nil {
				j.pending.Stop()
				<-j.done
			}
			s.abortTransfer()
			return
		case r := <-requests:
			if j != nil {
				s.turnAway(ctx, r)
				continue
			}
			s3.stop()
			agenda.stop()
			j = s.begin(ctx, r)
		case <-j.due():
			s.postpone(ctx, j)
		case r := <-j.finished():
			s.finish(ctx, j, r)
			j = nil
			s.keep(&s3)
			s.plan(&agenda)
		case <-s3.C():
			s3.stop()
			s.expire(ctx)
			s.plan(&agenda)
		case <-agenda.C():
			s.act(ctx)
			s.plan(&agenda)
		}
	}
}

// turnAway answers a request that comes while another is worked on. TesterPresent without a response is welcome.
func (s *Server) turnAway(ctx context.Context, r isotp.Message) {
	if len(r.Data) == 2 && r.Data[0] == uds.SIDTesterPresent && r.Data[1] == suppressPositive {
		return
	}
	s.send(ctx, refusal(r.Data[0], uds.BusyRepeatRequest))
}

// finish sends what is to be sent. Once responsePending was sent, the final response is never suppressed (8.7.3).
func (s *Server) finish(ctx context.Context, j *job, r reply) {
	j.pending.Stop()
	switch {
	case r.code != 0 && j.Functional && !j.waiting && silentWhenFunctional(r.code):
	case r.code != 0:
		s.send(ctx, refusal(j.Data[0], r.code))
	case !r.suppress || j.waiting:
		s.send(ctx, r.data)
	}
	s.flush()
}

// flush does what was to wait for the response.
func (s *Server) flush() {
	after := s.after
	s.after = nil
	for _, f := range after {
		f()
	}
}

// silentWhenFunctional says which codes are not sent to functional requests (8.7.3.3).
func silentWhenFunctional(code uds.NRC) bool {
	switch code {
	case uds.ServiceNotSupported, uds.SubFunctionNotSupported, uds.RequestOutOfRange,
		uds.SubFunctionNotSupportedInActiveSession, uds.ServiceNotSupportedInActiveSession:
		return true
	}
	return false
}

// refusal is the message that carries a code.
func refusal(service byte, code uds.NRC) []byte { return []byte{negative, service, byte(code)} }

// send transmits a response. Where nobody takes it, the tester has to ask again; the server goes on.
func (s *Server) send(ctx context.Context, data []byte) {
	if err := s.conn.Send(ctx, data); err != nil && ctx.Err() == nil {
		s.cfg.Report(fmt.Errorf("response % X not sent: %w", data[:min(len(data), 4)], err))
	}
}

// call is the moment, for functions of the Config.
func (s *Server) call(functional bool) Call {
	return Call{Session: s.session, Level: s.security.level, Roles: s.roles, Functional: functional}
}
