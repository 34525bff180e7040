package server

import (
	"context"
	"time"
)

// act does what the server does by itself, between requests.
func (s *Server) act(ctx context.Context) {
	now := time.Now()
	s.sendPeriodic(ctx, now)
	s.watchEvents(ctx, now)
}

// nextAct is when there is something to do, and false if there is nothing.
func (s *Server) nextAct() (at time.Time, any bool) {
	earlier := func(t time.Time) {
		if !any || t.Before(at) {
			at, any = t, true
		}
	}
	for _, e := range s.sending {
		earlier(e.due)
	}
	for _, e := range s.events {
		if !e.active {
			continue
		}
		earlier(e.due)
		if !e.end.IsZero() {
			earlier(e.end)
		}
	}
	return at, any
}

// plan sets the alarms for what happens without a request.
func (s *Server) plan(agenda *alarm) {
	if at, any := s.nextAct(); any {
		agenda.set(time.Until(at))
	} else {
		agenda.stop()
	}
}
