package server

import (
	"context"

	"otabench/ecu/uds"
)

// Reset is ECUReset (10.3).
type Reset struct {
	Access Access
	// Kinds are the types of reset that there are, by resetType.
	Kinds map[byte]ResetKind
	// PowerDownTime is told with enableRapidPowerShutDown (0x04): 0 to 254 s, 255 if it is not known.
	PowerDownTime byte
}

// ResetKind is what happens at a type of reset.
type ResetKind struct {
	Access Access
	// Gate refuses the reset by an error; it may be nil.
	Gate func(context.Context, Call) error
	// Do resets, after the response was sent. A server that outlives it is in its default session then, unless the type
	// is one of rapid power shut-down. It may be nil.
	Do func()
}

// Types of reset that do not reset.
const (
	enableRapidPowerShutDown  byte = 0x04
	disableRapidPowerShutDown byte = 0x05
)

func (s *Server) addReset(t map[byte]service) {
	r := s.cfg.Reset
	if r == nil {
		return
	}
	subs := make(map[byte]Access, len(r.Kinds))
	for kind, k := range r.Kinds {
		subs[kind] = k.Access
	}
	t[uds.SIDECUReset] = service{access: r.Access, subs: subs, handle: s.reset}
}

func (s *Server) reset(ctx context.Context, c Call, req []byte) ([]byte, error) {
	if len(req) != 2 {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	kind := s.cfg.Reset.Kinds[req[1]]
	if kind.Gate != nil {
		if err := kind.Gate(ctx, c); err != nil {
			return nil, s.failed(err, uds.ConditionsNotCorrect)
		}
	}
	if req[1] != enableRapidPowerShutDown && req[1] != disableRapidPowerShutDown {
		s.later(func() { s.restart(ctx) })
	}
	if kind.Do != nil {
		s.later(kind.Do)
	}
	if req[1] == enableRapidPowerShutDown {
		return []byte{req[1], s.cfg.Reset.PowerDownTime}, nil
	}
	return req[1:], nil
}

// restart is what a reset leaves of the server's state: nothing.
func (s *Server) restart(ctx context.Context) {
	s.enter(ctx, DefaultSession)
	s.deauthenticate()
	s.security = newSecurity(s.cfg.Security)
	s.events = nil
	clear(s.dynamic)
}
