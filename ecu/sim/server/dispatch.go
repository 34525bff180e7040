package server

import (
	"bytes"
	"context"
	"errors"

	"otabench/ecu/uds"
)

// service is one row of the table of services.
type service struct {
	access Access
	subs   map[byte]Access // sub-functions; nil is a service without
	least  int             // bytes of the shortest request
	// ownSubs says that the handler looks at the sub-function, which figure 6 leaves to RoutineControl (14.2.4).
	ownSubs bool
	handle  handler
	// otherwise is answered to errors that are no code.
	otherwise uds.NRC
}

// handler works on a request whose service and sub-function may be used. It gets the request without the suppress bit,
// and returns the response's bytes behind the service identifier.
type handler func(ctx context.Context, c Call, req []byte) ([]byte, error)

// reply is what a request leads to.
type reply struct {
	data     []byte // positive response
	code     uds.NRC
	suppress bool // no positive response is wanted
}

func (s *Server) table() map[byte]service {
	t := map[byte]service{}
	s.addSession(t)
	s.addReset(t)
	s.addSecurity(t)
	s.addData(t)
	s.addRoutines(t)
	s.addTransfer(t)
	s.addCommunication(t)
	s.addDTCSetting(t)
	s.addFaults(t)
	s.addMemory(t)
	s.addScaling(t)
	s.addAuthentication(t)
	s.addPeriodic(t)
	s.addDynamic(t)
	s.addIOControl(t)
	s.addFiles(t)
	s.addTiming(t)
	s.addSecured(t)
	s.addEvents(t)
	s.addLink(t)
	s.addCustom(t)
	return t
}

// handle answers one request.
func (s *Server) handle(ctx context.Context, c Call, req []byte) reply {
	row, known := s.services[req[0]]
	if !known {
		return reply{code: uds.ServiceNotSupported}
	}
	req = bytes.Clone(req)
	var r reply
	data, err := s.answer(ctx, c, row, req, &r.suppress)
	r.data = append([]byte{req[0] + positive}, data...)
	r.suppress = r.suppress || s.mute
	s.mute = false
	switch {
	case err == nil && len(r.data) > s.cfg.MaxMessage:
		r.code = uds.ResponseTooLong
	case err != nil:
		r.code = s.codeOf(err, row)
	}
	return r
}

// codeOf is the code for an error of a handler.
func (s *Server) codeOf(err error, row service) uds.NRC {
	var code uds.NRC
	_ = errors.As(s.failed(err, row.otherwise), &code)
	if code == 0 {
		return uds.GeneralReject
	}
	return code
}

// answer checks in the order of ISO 14229-1:2020, figure 5 and, with a sub-function, figure 6, then has the service
// handle the request.
func (s *Server) answer(ctx context.Context, c Call, row service, req []byte, suppress *bool) ([]byte, error) {
	if err := row.access.refuse(c, uds.ServiceNotSupportedInActiveSession); err != nil {
		return nil, err
	}
	if row.subs == nil {
		if len(req) < row.least {
			return nil, uds.IncorrectMessageLengthOrInvalidFormat
		}
		if row.ownSubs {
			*suppress = takeSuppress(req)
		}
		return row.handle(ctx, c, req)
	}
	if len(req) < 2 {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	*suppress = takeSuppress(req)
	sub, known := row.subs[req[1]]
	if !known {
		return nil, uds.SubFunctionNotSupported
	}
	if err := sub.refuse(c, uds.SubFunctionNotSupportedInActiveSession); err != nil {
		return nil, err
	}
	if len(req) < row.least {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	return row.handle(ctx, c, req)
}

// takeSuppress takes suppressPosRspMsgIndicationBit off a sub-function, and says whether it was set.
func takeSuppress(req []byte) bool {
	set := req[1]&suppressPositive != 0
	req[1] &^= suppressPositive
	return set
}

// sameFor gives sub-functions the same access.
func sameFor(a Access, subs ...byte) map[byte]Access {
	m := make(map[byte]Access, len(subs))
	for _, sub := range subs {
		m[sub] = a
	}
	return m
}

// later has f called after the response was sent.
func (s *Server) later(f func()) { s.after = append(s.after, f) }
