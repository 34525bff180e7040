package server

import (
	"bytes"
	"context"
	"time"

	"otabench/ecu/uds"
)

// startEvents begins to look for all events, from how things are now.
func (s *Server) startEvents(ctx context.Context, now time.Time) {
	for _, e := range s.events {
		e.active, e.identified = true, 0
		e.due = now.Add(s.period(e))
		e.end = time.Time{}
		if length := s.cfg.Events.Windows[e.window]; length > 0 {
			e.end = now.Add(length)
		}
	}
	// What happens between the response and the first look has happened too.
	s.later(func() {
		for _, e := range s.events {
			e.statuses, e.value = s.statuses(), nil
			if e.kind == uds.OnChangeOfDataIdentifier {
				e.value, _ = s.readID(ctx, s.call(false), e.id())
			}
		}
	})
}

// period is how often the server looks for an event.
func (s *Server) period(e *event) time.Duration {
	switch {
	case e.kind == uds.OnTimerInterrupt:
		return s.cfg.Events.rate(e.record[0])
	case s.cfg.Events.Poll > 0:
		return s.cfg.Events.Poll
	}
	return defaultPoll
}

// watchEvents looks for events that are due, and responds to those that have happened.
func (s *Server) watchEvents(ctx context.Context, now time.Time) {
	for _, e := range s.events {
		switch {
		case !e.active:
		case !e.end.IsZero() && !e.end.After(now):
			e.active = false
			s.send(ctx, e.final())
		case !e.due.After(now):
			e.due = next(e.due, s.period(e), now)
			if s.happened(ctx, e) {
				s.respond(ctx, e)
			}
		}
	}
}

// final is the response at the end of a window.
func (e *event) final() []byte {
	b := []byte{uds.SIDResponseOnEvent + positive, byte(e.kind), e.identified, byte(e.window)}
	return append(append(b, e.record...), e.respond...)
}

// respond answers the request that belongs to an event.
func (s *Server) respond(ctx context.Context, e *event) {
	if e.identified < 0xFF {
		e.identified++
	}
	r := s.handle(ctx, s.call(false), e.respond)
	switch {
	case r.code != 0:
		s.send(ctx, refusal(e.respond[0], r.code))
	case !r.suppress:
		s.send(ctx, r.data)
	}
	s.flush()
}

// happened says whether an event is there, and remembers how things are now.
func (s *Server) happened(ctx context.Context, e *event) bool {
	switch e.kind {
	case uds.OnTimerInterrupt:
		return true
	case uds.OnDTCStatusChange:
		before := e.statuses
		e.statuses = s.statuses()
		return changed(before, e.statuses, uds.DTCStatus(e.record[0]))
	}
	value, err := s.readID(ctx, s.call(false), e.id())
	if err != nil || bytes.Equal(value, e.value) {
		return false
	}
	e.value = bytes.Clone(value)
	return true
}

// statuses are those of the trouble codes in the primary fault memory.
func (s *Server) statuses() map[uint32]uds.DTCStatus {
	all := map[uint32]uds.DTCStatus{}
	if s.cfg.Faults != nil {
		for _, d := range with(s.cfg.Faults.Memory, anyDTC) {
			all[d.Code] = s.cfg.Faults.status(d)
		}
	}
	return all
}

// changed says whether a bit of the mask has changed in any status.
func changed(before, after map[uint32]uds.DTCStatus, mask uds.DTCStatus) bool {
	for code, status := range after {
		if (status^before[code])&mask != 0 {
			return true
		}
	}
	return false
}
