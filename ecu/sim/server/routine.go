package server

import (
	"context"
	"encoding/binary"

	"otabench/ecu/uds"
)

// Routines is RoutineControl (14.2).
type Routines struct {
	Access Access
	// Find finds the routines.
	Find Finder
}

// Finder finds routines.
type Finder interface {
	// Routine returns a routine, and false if there is none of that number.
	Routine(id uint16) (Routine, bool)
}

// RoutineTable are routines that do not change.
type RoutineTable map[uint16]Routine

// Routine implements Finder.
func (r RoutineTable) Routine(id uint16) (Routine, bool) {
	routine, ok := r[id]
	return routine, ok
}

// RoutineFunc does something to a routine. It gets routineControlOptionRecord and returns what follows the routine's
// identifier in the response: routineInfo, if there is any, and routineStatusRecord.
type RoutineFunc func(ctx context.Context, c Call, options []byte) ([]byte, error)

// Routine is what can be done to a routine, by whom. What is nil is answered with subFunctionNotSupported.
type Routine struct {
	Access               Access
	Start, Stop, Results RoutineFunc
	// StartOptions and so on are how many bytes of options there are; nil is none.
	StartOptions, StopOptions, ResultsOptions Lengths
	// KeepResult has requestRoutineResults answered with what Start returned last, so that Results is not needed.
	KeepResult bool
}

// Actions of RoutineControl.
const (
	startRoutine          byte = 0x01
	stopRoutine           byte = 0x02
	requestRoutineResults byte = 0x03
)

// progress is what is known of a routine since the default session.
type progress struct {
	running bool
	result  []byte
}

func (s *Server) addRoutines(t map[byte]service) {
	r := s.cfg.Routines
	if r == nil {
		return
	}
	t[uds.SIDRoutineControl] = service{
		access: r.Access, ownSubs: true, least: 4, handle: s.routine, otherwise: uds.GeneralProgrammingFailure,
	}
}

// routine checks in the order of 14.2.4: identifier in this session, its access, its action, length, sequence.
func (s *Server) routine(ctx context.Context, c Call, req []byte) ([]byte, error) {
	id := binary.BigEndian.Uint16(req[2:])
	row, known := s.cfg.Routines.Find.Routine(id)
	if !known {
		return nil, uds.RequestOutOfRange
	}
	if err := row.Access.refuse(c, uds.RequestOutOfRange); err != nil {
		return nil, err
	}
	do, options := row.action(req[1])
	p := s.routines[id]
	keep := req[1] == requestRoutineResults && row.KeepResult
	switch {
	case do == nil && !keep:
		return nil, uds.SubFunctionNotSupported
	case !options.or(Exactly(0))(len(req) - 4):
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	case req[1] != startRoutine && p == nil, req[1] == stopRoutine && !p.running:
		return nil, uds.RequestSequenceError
	case keep:
		return append(req[1:4:4], p.result...), nil
	}
	status, err := do(ctx, c, req[4:])
	if err != nil {
		return nil, err
	}
	s.progressed(id, req[1], status)
	return append(req[1:4:4], status...), nil
}

// action is what is to be done, and the lengths of its options.
func (r Routine) action(sub byte) (RoutineFunc, Lengths) {
	switch sub {
	case startRoutine:
		return r.Start, r.StartOptions
	case stopRoutine:
		return r.Stop, r.StopOptions
	case requestRoutineResults:
		return r.Results, r.ResultsOptions
	}
	return nil, nil
}

func (s *Server) progressed(id uint16, action byte, status []byte) {
	switch action {
	case startRoutine:
		s.routines[id] = &progress{running: true, result: status}
	case stopRoutine:
		s.routines[id].running = false
	}
}
