package server

import (
	"context"

	"otabench/ecu/uds"
)

// Link is LinkControl (10.10).
type Link struct {
	Access Access
	// Modes are those of the standard's modes that the server can go over to.
	Modes []uds.LinkMode
	// Bitrate says whether it can go over to a bit rate in bit/s; nil is a server that knows modes only.
	Bitrate func(bitrate uint32) bool
	// Gate refuses to verify by an error; it may be nil.
	Gate func(ctx context.Context, c Call, to LinkSpeed) error
	// Transition goes over, after the response was sent. The default session goes back by the zero LinkSpeed.
	Transition func(to LinkSpeed)
}

// LinkSpeed is a mode of the standard, or else a bit rate in bit/s.
type LinkSpeed struct {
	Mode    uds.LinkMode
	Bitrate uint32
}

// Types of LinkControl.
const (
	verifyFixedMode    byte = 0x01
	verifySpecificMode byte = 0x02
	transitionMode     byte = 0x03
)

// linkState is what LinkControl has led to.
type linkState struct {
	verified *LinkSpeed // what a transition goes to; nil is none
	changed  bool
}

func (s *Server) addLink(t map[byte]service) {
	l := s.cfg.Link
	if l == nil {
		return
	}
	subs := sameFor(Access{}, verifyFixedMode, transitionMode)
	if l.Bitrate != nil {
		subs[verifySpecificMode] = Access{}
	}
	t[uds.SIDLinkControl] = service{access: l.Access, subs: subs, handle: s.controlLink}
}

func (s *Server) controlLink(ctx context.Context, c Call, req []byte) ([]byte, error) {
	if req[1] == transitionMode {
		return s.transition(req)
	}
	to, err := s.cfg.Link.speed(req)
	if err != nil {
		return nil, err
	}
	if s.cfg.Link.Gate != nil {
		if err := s.cfg.Link.Gate(ctx, c, to); err != nil {
			return nil, s.failed(err, uds.ConditionsNotCorrect)
		}
	}
	s.link.verified = &to
	return req[1:2], nil
}

// transition goes over to what was verified before; that goes before the length (figure 6).
func (s *Server) transition(req []byte) ([]byte, error) {
	switch {
	case s.link.verified == nil:
		return nil, uds.RequestSequenceError
	case len(req) != 2:
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	to := *s.link.verified
	s.link = linkState{changed: true}
	s.later(func() { s.cfg.Link.Transition(to) })
	return req[1:], nil
}

// speed reads which mode or bit rate is meant.
func (l *Link) speed(req []byte) (LinkSpeed, error) {
	const fixed, specific = 3, 5
	switch {
	case req[1] == verifyFixedMode && len(req) != fixed, req[1] == verifySpecificMode && len(req) != specific:
		return LinkSpeed{}, uds.IncorrectMessageLengthOrInvalidFormat
	case req[1] == verifySpecificMode:
		bitrate := uint32(number(req[2:]))
		if !l.Bitrate(bitrate) {
			return LinkSpeed{}, uds.RequestOutOfRange
		}
		return LinkSpeed{Bitrate: bitrate}, nil
	}
	for _, mode := range l.Modes {
		if mode == uds.LinkMode(req[2]) {
			return LinkSpeed{Mode: mode}, nil
		}
	}
	return LinkSpeed{}, uds.RequestOutOfRange
}

// relink goes back to the link of the default session. What answers the request for that session is still sent before.
func (s *Server) relink() {
	changed := s.link.changed
	s.link = linkState{}
	if changed {
		s.later(func() { s.cfg.Link.Transition(LinkSpeed{}) })
	}
}
