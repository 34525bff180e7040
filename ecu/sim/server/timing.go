package server

import (
	"context"
	"slices"

	"otabench/ecu/uds"
)

// Timing is AccessTimingParameter, which the standard had until its edition of 2013 (there 9.7). What the parameters mean
// is up to the transport; the server's own timing follows the session alone.
type Timing struct {
	Access Access
	// Default and Extended are the parameters that the server uses at first, and that it could use.
	Default, Extended []byte
	// Set takes parameters, or refuses them; nil knows none but the default ones.
	Set func(ctx context.Context, c Call, parameters []byte) error
}

// Accesses to timing parameters.
const (
	readExtendedTiming byte = 0x01
	setDefaultTiming   byte = 0x02
	readCurrentTiming  byte = 0x03
	setGivenTiming     byte = 0x04
)

func (s *Server) addTiming(t map[byte]service) {
	c := s.cfg.Timing
	if c == nil {
		return
	}
	s.timing = c.Default
	subs := sameFor(Access{}, readExtendedTiming, setDefaultTiming, readCurrentTiming)
	if c.Set != nil {
		subs[setGivenTiming] = Access{}
	}
	t[uds.SIDAccessTimingParameter] = service{access: c.Access, subs: subs, handle: s.accessTiming}
}

func (s *Server) accessTiming(ctx context.Context, c Call, req []byte) ([]byte, error) {
	if (req[1] == setGivenTiming) != (len(req) > 2) {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	switch req[1] {
	case readExtendedTiming:
		return append(req[1:2:2], s.cfg.Timing.Extended...), nil
	case readCurrentTiming:
		return append(req[1:2:2], s.timing...), nil
	case setDefaultTiming:
		return req[1:2], s.setTiming(ctx, c, s.cfg.Timing.Default)
	}
	return req[1:2], s.setTiming(ctx, c, req[2:])
}

func (s *Server) setTiming(ctx context.Context, c Call, parameters []byte) error {
	if s.cfg.Timing.Set != nil && !slices.Equal(parameters, s.timing) {
		if err := s.cfg.Timing.Set(ctx, c, parameters); err != nil {
			return s.failed(err, uds.RequestOutOfRange)
		}
	}
	s.timing = parameters
	return nil
}
