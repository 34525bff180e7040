package server

import (
	"context"
	"fmt"
	"slices"
	"time"

	"otabench/ecu/uds"
)

// Periodic is ReadDataByPeriodicIdentifier (11.5): the server sends the data of identifiers 0xF2xx by itself.
type Periodic struct {
	Access Access
	// Slow, Medium and Fast are the times from one message to the next; a rate of 0 there is not.
	Slow, Medium, Fast time.Duration
	// Send sends a message, the low byte of the identifier and its data, in a frame of its own (UUDT, response message type
	// 2); UUDT makes one. nil sends it on the connection (USDT, type 1).
	Send func(ctx context.Context, message []byte) error
	// MaxData is how many bytes of data a message holds: 7 if 0 and there is Send, otherwise any.
	MaxData int
	// MaxIDs is how many identifiers are sent at the same time; 0 is no bound.
	MaxIDs int
}

// periodicPage is the high byte of the identifiers that can be sent.
const periodicPage = 0xF2

// stopSending is the transmissionMode that ends what a rate began (annex C.4).
const stopSending byte = 0x04

// sending is an identifier that is being sent.
type sending struct {
	id    byte
	every time.Duration
	due   time.Time
}

func (s *Server) addPeriodic(t map[byte]service) {
	if p := s.cfg.Periodic; p != nil {
		t[uds.SIDReadDataByPeriodicIdentifier] = service{access: p.Access, least: 2, handle: s.readPeriodic}
	}
}

// rate is the time of a transmissionMode, 0 if there is no such rate.
func (p *Periodic) rate(mode byte) time.Duration {
	return map[uds.PeriodicRate]time.Duration{
		uds.SlowRate: p.Slow, uds.MediumRate: p.Medium, uds.FastRate: p.Fast,
	}[uds.PeriodicRate(mode)]
}

// fits says whether data fit a message.
func (p *Periodic) fits(data []byte) bool {
	limit := p.MaxData
	if limit == 0 && p.Send != nil {
		limit = maxUUDT - 1
	}
	return limit == 0 || len(data) <= limit
}

func (s *Server) readPeriodic(ctx context.Context, c Call, req []byte) ([]byte, error) {
	p, mode, ids := s.cfg.Periodic, req[1], req[2:]
	switch {
	case mode == stopSending:
		s.stopPeriodic(ids...)
		return nil, nil
	case p.rate(mode) == 0:
		return nil, uds.RequestOutOfRange
	case len(ids) == 0:
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	ids, err := s.sendable(ctx, c, ids)
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(slices.Clone(s.sending), func(e sending) bool { return slices.Contains(ids, e.id) })
	if len(ids) == 0 || p.MaxIDs > 0 && len(others)+len(ids) > p.MaxIDs {
		return nil, uds.RequestOutOfRange
	}
	s.sending = others
	for _, id := range ids {
		s.sending = append(s.sending, sending{id: id, every: p.rate(mode), due: time.Now()})
	}
	return nil, nil
}

// sendable are those identifiers, each once, that can be sent in this session. One that the tester has no access to
// refuses all.
func (s *Server) sendable(ctx context.Context, c Call, ids []byte) ([]byte, error) {
	var some []byte
	for _, id := range ids {
		value, err := s.readID(ctx, c, periodicPage<<8|uint16(id))
		switch {
		case err == errNoData || err == nil && !s.cfg.Periodic.fits(value):
			continue
		case err != nil:
			return nil, err
		case !slices.Contains(some, id):
			some = append(some, id)
		}
	}
	return some, nil
}

// stopPeriodic sends identifiers no more, or none at all.
func (s *Server) stopPeriodic(ids ...byte) {
	s.sending = slices.DeleteFunc(s.sending, func(e sending) bool { return len(ids) == 0 || slices.Contains(ids, e.id) })
}

// sendPeriodic sends what is due.
func (s *Server) sendPeriodic(ctx context.Context, now time.Time) {
	for i := range s.sending {
		e := &s.sending[i]
		if e.due.After(now) {
			continue
		}
		e.due = next(e.due, e.every, now)
		value, err := s.readID(ctx, s.call(false), periodicPage<<8|uint16(e.id))
		if err != nil || !s.cfg.Periodic.fits(value) {
			continue
		}
		if err := s.sendData(ctx, append([]byte{e.id}, value...)); err != nil && ctx.Err() == nil {
			s.cfg.Report(fmt.Errorf("periodic data of F2%02X: %w", e.id, err))
		}
	}
}

// next is when something that was due is due again: in its rhythm, but without what was missed.
func next(due time.Time, every time.Duration, now time.Time) time.Time {
	if due = due.Add(every); due.After(now) {
		return due
	}
	return now.Add(every)
}

func (s *Server) sendData(ctx context.Context, message []byte) error {
	if s.cfg.Periodic.Send == nil {
		return s.conn.Send(ctx, message)
	}
	return s.cfg.Periodic.Send(ctx, message)
}
