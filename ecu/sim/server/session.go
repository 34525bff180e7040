package server

import (
	"cmp"
	"context"
	"encoding/binary"

	"otabench/ecu/uds"
)

func (s *Server) addSession(t map[byte]service) {
	subs := make(map[byte]Access, len(s.cfg.Sessions))
	for number, session := range s.cfg.Sessions {
		subs[number] = session.Enter
	}
	t[uds.SIDDiagnosticSessionControl] = service{access: s.cfg.SessionControl, subs: subs, handle: s.changeSession}
	t[uds.SIDTesterPresent] = service{access: s.cfg.TesterPresent, subs: sameFor(Access{}, 0), handle: s.present}
}

// changeSession is DiagnosticSessionControl (10.2).
func (s *Server) changeSession(ctx context.Context, c Call, req []byte) ([]byte, error) {
	if len(req) != 2 {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	session := s.cfg.Sessions[req[1]]
	if session.Gate != nil {
		if err := session.Gate(ctx, c); err != nil {
			return nil, s.failed(err, uds.ConditionsNotCorrect)
		}
	}
	s.enter(ctx, req[1])
	data := binary.BigEndian.AppendUint16([]byte{req[1]}, uint16(session.P2/p2Unit))
	return binary.BigEndian.AppendUint16(data, uint16(session.P2Star/p2StarUnit)), nil
}

// enter starts a session (10.2.1). Every change, even into the same session, locks the server and ends what belonged to the
// session before; the default session also takes back what was switched.
func (s *Server) enter(ctx context.Context, session byte) {
	from := s.session
	s.session = session
	if !s.cfg.Flaws.KeepsSecurity {
		s.security.lock()
	}
	if !s.cfg.Flaws.KeepsTransfer {
		s.abortTransfer()
	}
	s.stopPeriodic()
	s.stopEvents()
	if session == DefaultSession {
		s.restore(ctx)
	}
	if s.cfg.OnSession != nil {
		s.cfg.OnSession(from, session)
	}
}

// restore takes back what only lasts while a session other than the default one does.
func (s *Server) restore(ctx context.Context) {
	clear(s.routines)
	s.unsilence(ctx)
	s.thaw()
	s.returnControl(ctx)
	s.relink()
}

// keep gives a session, or roles in the default session, another while.
func (s *Server) keep(s3 *alarm) {
	switch {
	case s.session != DefaultSession:
		s3.set(s.cfg.S3)
	case s.roles != 0:
		s3.set(cmp.Or(s.cfg.Authentication.Timeout, s.cfg.S3))
	}
}

// expire ends a session that no request came in for S3 (ISO 14229-2), and what authentication gave (10.6.1).
func (s *Server) expire(ctx context.Context) {
	if s.session != DefaultSession {
		s.enter(ctx, DefaultSession)
	}
	s.deauthenticate()
	s.flush()
}

// present is TesterPresent (10.7); that any request came keeps the session.
func (s *Server) present(_ context.Context, _ Call, req []byte) ([]byte, error) {
	if len(req) != 2 {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	return req[1:], nil
}
