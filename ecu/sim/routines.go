package sim

import (
	"context"
	"encoding/binary"
	"time"
)

// Sub-functions of RoutineControl.
const (
	startRoutine   byte = 0x01
	routineResults byte = 0x03
)

// Routines.
const (
	ridPreconditions uint16 = 0x0203
	ridErase         uint16 = 0xFF00
	ridVerify        uint16 = 0x0202
	ridDependencies  uint16 = 0xFF01
	ridActivate      uint16 = 0x0210
	ridConfirm       uint16 = 0x0211
	ridRollback      uint16 = 0x0212
)

// routine is one row of the table of routines. Its status record begins with a status byte, 0 for success.
type routine struct {
	in       sessions
	unlocked bool
	length   func(options int) bool
	start    func(ctx context.Context, options []byte) (status []byte, code nrc)
}

func none(n int) bool { return n == 0 }
func some(n int) bool { return n > 0 }

func (s *server) routines() map[uint16]routine {
	return map[uint16]routine{
		ridPreconditions: {in: notDefault, length: none, start: s.checkPreconditions},
		ridErase:         {in: programming, unlocked: true, length: some, start: s.erase},
		ridVerify:        {in: programming, unlocked: true, length: none, start: s.verify},
		ridDependencies:  {in: programming, unlocked: true, length: none, start: s.checkDependencies},
		ridActivate:      {in: programming, unlocked: true, length: none, start: s.activate},
		ridConfirm:       {in: notDefault, length: none, start: s.confirm},
		ridRollback:      {in: notDefault, length: none, start: s.rollback},
	}
}

// routine is RoutineControl, in the order of checks of ISO 14229-1:2020, 14.2.
func (s *server) routine(ctx context.Context, req []byte) reply {
	id := binary.BigEndian.Uint16(req[2:])
	row, known := s.routines()[id]
	switch {
	case !known || !row.in.has(s.session):
		return refuse(requestOutOfRange)
	case row.unlocked && !s.security.unlocked:
		return refuse(securityAccessDenied)
	case req[1] == routineResults:
		return s.lastResult(req, id)
	case !row.length(len(req) - 4):
		return refuse(incorrectMessageLength)
	}
	status, code := row.start(ctx, req[4:])
	if code != ok {
		return refuse(code)
	}
	s.results[id] = status
	return answer(append(append([]byte(nil), req[1:4]...), status...)...)
}

func (s *server) lastResult(req []byte, id uint16) reply {
	status, started := s.results[id]
	switch {
	case !exactly(req, 4):
		return refuse(incorrectMessageLength)
	case !started:
		return refuse(requestSequenceError)
	}
	return answer(append(append([]byte(nil), req[1:4]...), status...)...)
}

// success is the status record of a routine that did what it is for.
func success() ([]byte, nrc) { return []byte{0}, ok }

// checkPreconditions lists the unmet conditions for programming, or answers 0.
func (s *server) checkPreconditions(context.Context, []byte) ([]byte, nrc) {
	unmet := s.gates.unmet()
	if len(unmet) == 0 {
		return success()
	}
	status := make([]byte, len(unmet))
	for i, c := range unmet {
		status[i] = byte(c)
	}
	return status, ok
}

// verify checks what was transferred; the status is a verdict.
func (s *server) verify(ctx context.Context, _ []byte) ([]byte, nrc) {
	v, code := s.checkUpdate(ctx)
	return []byte{byte(v)}, code
}

// checkUpdate verifies the update region.
func (s *server) checkUpdate(ctx context.Context) (verdict, nrc) {
	if s.transfer != nil {
		return incomplete, requestSequenceError
	}
	m, err := s.life.metadata.read()
	if err != nil {
		return incomplete, generalProgrammingFailure
	}
	v, err := s.life.software.check(ctx, s.inactive(m), m.Counter)
	if err != nil {
		return incomplete, generalProgrammingFailure
	}
	return v, ok
}

// checkDependencies says whether the new software suits this ECU and its other software.
func (s *server) checkDependencies(context.Context, []byte) ([]byte, nrc) {
	m, err := s.life.metadata.read()
	if err != nil {
		return nil, generalProgrammingFailure
	}
	if _, v := s.life.software.checkHeader(s.inactive(m), m.Counter); v != pass {
		return []byte{1}, ok
	}
	return success()
}

// activate marks the update region for a trial at the next boot. It believes no earlier verification.
func (s *server) activate(ctx context.Context, _ []byte) ([]byte, nrc) {
	if c := s.gates.voltage(); c != 0 {
		return nil, refusal(c)
	}
	v, code := s.checkUpdate(ctx)
	if code != ok {
		return nil, code
	}
	m, err := s.life.metadata.read()
	if err != nil {
		return nil, generalProgrammingFailure
	}
	if v != pass || s.inactive(m) == m.Confirmed {
		return nil, conditionsNotCorrect
	}
	return s.commit(ctx, m.activated())
}

// selfTest is how long the health check before a confirmation takes.
const selfTest = 100 * time.Millisecond

// confirm makes the running trial permanent, if it is healthy.
func (s *server) confirm(ctx context.Context, _ []byte) ([]byte, nrc) {
	m, err := s.life.metadata.read()
	if err != nil || !s.life.onTrial(m) {
		return nil, conditionsNotCorrect
	}
	if wait(ctx, selfTest) != nil || !s.healthy() {
		return nil, conditionsNotCorrect
	}
	p, err := s.life.software.header(s.life.choice.slot)
	if err != nil {
		return nil, conditionsNotCorrect
	}
	return s.commit(ctx, m.confirmed(p.Manifest.Counter))
}

// onTrial reports whether the software that runs waits for its confirmation.
func (l *life) onTrial(m metadata) bool { return l.choice.trial && m.State == statePending }

func (s *server) healthy() bool {
	a := s.life.app.Load()
	return a != nil && a.Behaviour != Unhealthy
}

// rollback abandons a trial, or an activation that was not tried yet; the next boot starts the confirmed software.
func (s *server) rollback(ctx context.Context, _ []byte) ([]byte, nrc) {
	m, err := s.life.metadata.read()
	if err != nil || m.State != statePending {
		return nil, conditionsNotCorrect
	}
	return s.commit(ctx, m.reverted())
}

// commit writes the metadata. A commit that fails leaves the old or the new ones, whole.
func (s *server) commit(ctx context.Context, m metadata) ([]byte, nrc) {
	if err := s.life.metadata.write(ctx, m); err != nil {
		s.life.log("app: %v", err)
		return nil, generalProgrammingFailure
	}
	return success()
}

// inactive is the slot behind the update region: the one that does not run, or in the bootloader the one that is not
// the confirmed one.
func (s *server) inactive(m metadata) slot {
	if s.life.choice.runs {
		return s.life.choice.slot.other()
	}
	return m.Confirmed.other()
}
