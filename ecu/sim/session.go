package sim

import (
	"context"
	"encoding/binary"
	"time"
)

// Diagnostic sessions (ISO 14229-1:2020, table 25).
const (
	defaultSession     byte = 0x01
	programmingSession byte = 0x02
	extendedSession    byte = 0x03
)

// changeSession is DiagnosticSessionControl. The programming session is entered from the extended one only, and only
// while all conditions for programming are met.
func (s *server) changeSession(_ context.Context, req []byte) reply {
	if !exactly(req, 2) {
		return refuse(incorrectMessageLength)
	}
	if req[1] == programmingSession {
		if n := s.mayProgram(); n != ok {
			return refuse(n)
		}
	}
	s.enter(req[1])
	t := s.cfg.Timing
	data := binary.BigEndian.AppendUint16([]byte{req[1]}, uint16(t.P2/time.Millisecond))
	return answer(binary.BigEndian.AppendUint16(data, uint16(t.P2Star/(10*time.Millisecond)))...)
}

// mayProgram returns the code that refuses programming, or ok.
func (s *server) mayProgram() nrc {
	if unmet := s.gates.unmet(); len(unmet) > 0 {
		return refusal(unmet[0])
	}
	return ok
}

// enter starts a session. Every change locks the server and ends what belonged to the session before.
func (s *server) enter(session byte) {
	s.session = session
	s.life.programming.Store(session == programmingSession)
	s.security.lock()
	s.transfer = nil
	if session == defaultSession {
		s.dtcsOff = false
		s.life.quiet.Store(false)
		clear(s.results)
	}
}

// reset is ECUReset: the response goes out before.
func (s *server) reset(_ context.Context, req []byte) reply {
	if !exactly(req, 2) {
		return refuse(incorrectMessageLength)
	}
	why := hardReset
	if req[1] == 0x03 {
		why = softReset
	}
	r := answer(req[1])
	r.then = func() { s.life.end(why) }
	return r
}

// present is TesterPresent; that any request came keeps the session.
func (s *server) present(_ context.Context, req []byte) reply {
	if !exactly(req, 2) {
		return refuse(incorrectMessageLength)
	}
	return answer(req[1])
}

// disableTx is the bit of CommunicationControl's sub-functions 0x01 and 0x03 that stops sending.
const disableTx = 0x01

// controlCommunication is CommunicationControl for normal and network management messages.
func (s *server) controlCommunication(_ context.Context, req []byte) reply {
	if !exactly(req, 3) {
		return refuse(incorrectMessageLength)
	}
	if kind := req[2] & 0x03; kind == 0 || req[2]&0x0C != 0 {
		return refuse(requestOutOfRange)
	}
	// The ECU receives no normal message that it could do without, so only sending is switched.
	s.life.quiet.Store(req[1]&disableTx != 0)
	return answer(req[1])
}

// controlDTCs is ControlDTCSetting.
func (s *server) controlDTCs(_ context.Context, req []byte) reply {
	s.dtcsOff = req[1] == 0x02
	return answer(req[1])
}
