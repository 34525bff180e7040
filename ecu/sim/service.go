package sim

import "context"

// Services (ISO 14229-1:2020, table 23).
const (
	sessionControl       byte = 0x10
	ecuReset             byte = 0x11
	clearDTC             byte = 0x14
	readDTC              byte = 0x19
	readData             byte = 0x22
	securityAccess       byte = 0x27
	communicationControl byte = 0x28
	writeData            byte = 0x2E
	routineControl       byte = 0x31
	requestDownload      byte = 0x34
	transferData         byte = 0x36
	transferExit         byte = 0x37
	testerPresent        byte = 0x3E
	controlDTC           byte = 0x85
)

const (
	positiveOffset   = 0x40
	suppressPositive = 0x80
)

// sessions is a set of diagnostic sessions, by their numbers as bits.
type sessions byte

const (
	anySession   sessions = 1<<defaultSession | 1<<programmingSession | 1<<extendedSession
	notDefault   sessions = 1<<programmingSession | 1<<extendedSession
	programming  sessions = 1 << programmingSession
	inExtended   sessions = 1 << extendedSession
	outOfProgram sessions = 1<<defaultSession | 1<<extendedSession
)

func (set sessions) has(session byte) bool { return set&(1<<session) != 0 }

// handler works on a request whose service and sub-function exist in this session. It gets the request without the
// suppress bit, and returns the response's bytes behind the service identifier.
type handler func(ctx context.Context, req []byte) reply

// service is one row of the table of services.
type service struct {
	in       sessions
	unlocked bool              // only after security access
	least    int               // bytes of the shortest request
	subs     map[byte]sessions // sub-functions, nil for a service without
	handle   handler
}

func (s *server) table() map[byte]service {
	t := map[byte]service{
		sessionControl:       {in: anySession, least: 2, subs: map[byte]sessions{defaultSession: anySession, programmingSession: notDefault, extendedSession: anySession}, handle: s.changeSession},
		ecuReset:             {in: anySession, least: 2, subs: all(anySession, 0x01, 0x03), handle: s.reset},
		clearDTC:             {in: anySession, least: 4, handle: s.clearDTCs},
		readDTC:              {in: outOfProgram, least: 2, subs: all(anySession, 0x01, 0x02, 0x0A), handle: s.readDTCs},
		readData:             {in: anySession, least: 3, handle: s.read},
		communicationControl: {in: notDefault, least: 2, subs: all(anySession, 0x00, 0x01, 0x02, 0x03), handle: s.controlCommunication},
		writeData:            {in: notDefault, least: 4, handle: s.write},
		routineControl:       {in: notDefault, least: 4, subs: all(anySession, startRoutine, routineResults), handle: s.routine},
		requestDownload:      {in: programming, unlocked: true, least: 5, handle: s.requestDownload},
		transferData:         {in: programming, unlocked: true, least: 2, handle: s.transferData},
		transferExit:         {in: programming, unlocked: true, least: 1, handle: s.exitTransfer},
		testerPresent:        {in: anySession, least: 2, subs: all(anySession, 0x00), handle: s.present},
		controlDTC:           {in: notDefault, least: 2, subs: all(anySession, 0x01, 0x02), handle: s.controlDTCs},
	}
	if s.cfg.Security.Algorithm != algorithmNone {
		seed := s.cfg.Security.Level
		t[securityAccess] = service{in: notDefault, least: 2, subs: all(anySession, seed, seed+1), handle: s.access}
	}
	return t
}

func all(in sessions, subs ...byte) map[byte]sessions {
	m := make(map[byte]sessions, len(subs))
	for _, sub := range subs {
		m[sub] = in
	}
	return m
}

// handle answers one request, checking in the order of ISO 14229-1:2020, figures 5 and 6.
func (s *server) handle(ctx context.Context, req []byte) reply {
	if len(req) == 0 {
		return reply{code: incorrectMessageLength}
	}
	row, known := s.services[req[0]]
	switch {
	case !known:
		return reply{code: serviceNotSupported}
	case !row.in.has(s.session):
		return reply{code: serviceNotSupportedInSession}
	case row.unlocked && !s.security.unlocked:
		return reply{code: securityAccessDenied}
	case len(req) < row.least:
		return reply{code: incorrectMessageLength}
	}
	suppress := false
	if row.subs != nil {
		req = append([]byte(nil), req...)
		suppress = req[1]&suppressPositive != 0
		req[1] &^= suppressPositive
		in, known := row.subs[req[1]]
		switch {
		case !known:
			return reply{code: subFunctionNotSupported}
		case !in.has(s.session):
			return reply{code: subFunctionNotSupportedInSession}
		}
	}
	r := row.handle(ctx, req)
	r.suppress = suppress
	if r.code == ok {
		r.data = append([]byte{req[0] + positiveOffset}, r.data...)
	}
	return r
}

func refuse(n nrc) reply             { return reply{code: n} }
func answer(data ...byte) reply      { return reply{data: data} }
func exactly(req []byte, n int) bool { return len(req) == n }
