package server

import (
	"context"
	"slices"
	"time"

	"otabench/ecu/uds"
)

// Events is ResponseOnEvent (10.9): the server answers a request by itself, as if it had been asked, when something
// happens. A change of session stops all events; they stay set up.
type Events struct {
	Access Access
	// Types are the events that can be set up, of OnDTCStatusChange, OnTimerInterrupt and OnChangeOfDataIdentifier.
	Types map[uds.EventType]Access
	// Max is how many events there may be at the same time; 0 is 8.
	Max int
	// Poll is how often the server looks whether something has changed; 0 is 100 ms.
	Poll time.Duration
	// Windows are the event windows that there are, beside the infinite one, and how long they last.
	Windows map[uds.EventWindow]time.Duration
	// Slow, Medium and Fast are the times of OnTimerInterrupt; a rate of 0 there is not.
	Slow, Medium, Fast time.Duration
}

const (
	defaultEvents = 8
	defaultPoll   = 100 * time.Millisecond
)

// event is one that is set up.
type event struct {
	kind    uds.EventType
	window  uds.EventWindow
	record  []byte // eventTypeRecord
	respond []byte // serviceToRespondToRecord

	active     bool
	due        time.Time // when to look next
	end        time.Time // of the window; zero is never
	statuses   map[uint32]uds.DTCStatus
	value      []byte
	identified byte
}

// recordLength is how many bytes eventTypeRecord has.
var recordLength = map[uds.EventType]int{
	uds.OnDTCStatusChange: 1, uds.OnTimerInterrupt: 1, uds.OnChangeOfDataIdentifier: 2,
}

func (s *Server) addEvents(t map[byte]service) {
	e := s.cfg.Events
	if e == nil {
		return
	}
	subs := sameFor(Access{}, byte(uds.StopResponseOnEvent), byte(uds.ReportActivatedEvents), byte(uds.StartResponseOnEvent),
		byte(uds.ClearResponseOnEvent))
	for kind, access := range e.Types {
		subs[byte(kind)] = access
	}
	t[uds.SIDResponseOnEvent] = service{access: e.Access, subs: subs, least: 3, handle: s.responseOnEvent}
}

func (s *Server) responseOnEvent(ctx context.Context, _ Call, req []byte) ([]byte, error) {
	kind, window := uds.EventType(req[1]), uds.EventWindow(req[2])
	if n, setup := recordLength[kind]; setup {
		return s.setUpEvent(req, n)
	}
	if len(req) != 3 {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	if !s.cfg.Events.hasWindow(window) {
		return nil, uds.RequestOutOfRange
	}
	if kind == uds.ReportActivatedEvents {
		return s.reportEvents(req[1]), nil
	}
	return s.switchEvents(ctx, kind, req)
}

// switchEvents starts, stops or clears all events that are set up.
func (s *Server) switchEvents(ctx context.Context, kind uds.EventType, req []byte) ([]byte, error) {
	if len(s.events) == 0 && kind != uds.ClearResponseOnEvent {
		return nil, uds.RequestSequenceError
	}
	var identified byte
	switch kind {
	case uds.StartResponseOnEvent:
		s.startEvents(ctx, time.Now())
	case uds.StopResponseOnEvent:
		for _, e := range s.events {
			identified += e.identified
		}
		s.stopEvents()
	default:
		s.events = nil
	}
	return []byte{req[1], identified, req[2]}, nil
}

func (e *Events) hasWindow(w uds.EventWindow) bool {
	_, known := e.Windows[w]
	return known || w == uds.InfiniteWindow
}

// setUpEvent adds an event, or replaces one of the same type and record. It has to be started.
func (s *Server) setUpEvent(req []byte, n int) ([]byte, error) {
	if len(req) < 3+n+2 {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	e := &event{kind: uds.EventType(req[1]), window: uds.EventWindow(req[2]), record: req[3 : 3+n], respond: req[3+n:]}
	if !s.canSetUp(e) {
		return nil, uds.RequestOutOfRange
	}
	others := slices.DeleteFunc(slices.Clone(s.events), e.sameAs)
	limit := s.cfg.Events.Max
	if limit == 0 {
		limit = defaultEvents
	}
	if len(others) >= limit {
		return nil, uds.RequestOutOfRange
	}
	s.events = append(others, e)
	return append([]byte{req[1], 0}, req[2:]...), nil
}

func (e *event) sameAs(other *event) bool {
	return e.kind == other.kind && slices.Equal(e.record, other.record)
}

// canSetUp says whether the server has what an event needs.
func (s *Server) canSetUp(e *event) bool {
	if !s.cfg.Events.hasWindow(e.window) || !mayRespond(e.respond[0]) {
		return false
	}
	switch e.kind {
	case uds.OnDTCStatusChange:
		return s.cfg.Faults != nil
	case uds.OnTimerInterrupt:
		return s.cfg.Events.rate(e.record[0]) > 0
	}
	did, known := s.cfg.Data.DID(e.id())
	return known && did.Read != nil
}

func (e *event) id() uint16 { return uint16(number(e.record)) }

// mayRespond says which services can respond to an event (10.9.2).
func mayRespond(service byte) bool {
	switch service {
	case uds.SIDReadDataByIdentifier, uds.SIDReadDTCInformation, uds.SIDRoutineControl, uds.SIDInputOutputControlByIdentifier:
		return true
	}
	return false
}

func (e *Events) rate(r byte) time.Duration {
	return map[uds.PeriodicRate]time.Duration{uds.SlowRate: e.Slow, uds.MediumRate: e.Medium, uds.FastRate: e.Fast}[uds.PeriodicRate(r)]
}

// reportEvents lists the events that are set up and active.
func (s *Server) reportEvents(sub byte) []byte {
	b := []byte{sub, 0}
	for _, e := range s.events {
		if e.active {
			b[1]++
			b = append(append(append(b, byte(e.kind), byte(e.window)), e.record...), e.respond...)
		}
	}
	return b
}

func (s *Server) stopEvents() {
	for _, e := range s.events {
		e.active = false
	}
}
