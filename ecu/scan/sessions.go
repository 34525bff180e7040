package scan

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"otabench/ecu/uds"
)

// sessions tries all session numbers from the default session, and those that are refused there from the extended one.
func (s *scan) sessions(ctx context.Context) error {
	if err := s.enter(ctx, defaultSession); err != nil {
		return err
	}
	var elsewhere []byte
	for number := defaultSession; number <= lastSession; number++ {
		s.progress(defaultSession, "sessions", int(number), int(lastSession))
		if number == programmingSession && !s.opt.Programming {
			s.note("the programming session was left alone")
			continue
		}
		found, err := s.try(ctx, defaultSession, number)
		if err != nil {
			return err
		}
		switch {
		case found == nil:
		case found.Refused == uds.SubFunctionNotSupportedInActiveSession || found.Refused == uds.ConditionsNotCorrect:
			elsewhere = append(elsewhere, number)
		default:
			s.report.Sessions = append(s.report.Sessions, *found)
		}
	}
	return s.sessionsElsewhere(ctx, elsewhere)
}

// sessionsElsewhere tries sessions again that the default session does not lead to.
func (s *scan) sessionsElsewhere(ctx context.Context, numbers []byte) error {
	for _, number := range numbers {
		from := defaultSession
		if s.report.session(extendedSession) != nil {
			from = extendedSession
		}
		found, err := s.try(ctx, from, number)
		if err != nil {
			return err
		}
		if found != nil {
			s.report.Sessions = append(s.report.Sessions, *found)
		}
	}
	return nil
}

// try enters a session from another one; nil if it is not there.
func (s *scan) try(ctx context.Context, from, number byte) (*Session, error) {
	if err := s.enter(ctx, from); err != nil {
		return nil, err
	}
	a, err := s.ask(ctx, uds.SIDDiagnosticSessionControl, number)
	if err != nil {
		return nil, err
	}
	switch a.code {
	case 0:
		s.now = number
		found := &Session{Number: number}
		if len(a.data) >= 6 {
			found.P2 = time.Duration(binary.BigEndian.Uint16(a.data[2:])) * time.Millisecond
			found.P2Star = time.Duration(binary.BigEndian.Uint16(a.data[4:])) * 10 * time.Millisecond
		}
		return found, nil
	case uds.SubFunctionNotSupported, uds.RequestOutOfRange:
		return nil, nil
	}
	return &Session{Number: number, Refused: a.code}, nil
}

// enter goes to a session that is there, by way of the default session and, where needed, of the extended one. The
// client takes over the session's timing.
func (s *scan) enter(ctx context.Context, number byte) error {
	if s.now == number && number != defaultSession {
		return nil
	}
	way := []byte{defaultSession, number}
	if number == defaultSession {
		way = way[:1]
	}
	for _, next := range way {
		if err := s.change(ctx, next); err != nil {
			if next == number && number != extendedSession && s.report.session(extendedSession) != nil {
				return s.byExtended(ctx, number)
			}
			return err
		}
	}
	return nil
}

func (s *scan) byExtended(ctx context.Context, number byte) error {
	if err := s.change(ctx, extendedSession); err != nil {
		return err
	}
	return s.change(ctx, number)
}

func (s *scan) change(ctx context.Context, number byte) error {
	if err := wait(ctx, s.opt.Pause); err != nil {
		return err
	}
	s.report.Requests++
	if _, err := s.client.DiagnosticSessionControl(ctx, number); err != nil {
		return fmt.Errorf("enter session %02X: %w", number, err)
	}
	s.now = number
	return nil
}
