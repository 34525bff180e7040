package server

import (
	"context"
	"encoding/binary"

	"otabench/ecu/uds"
)

// Secured is SecuredDataTransmission (16.2): requests and responses within protected messages. A request that comes in one
// has Call.Secured.
type Secured struct {
	Access     Access
	Protection Protection
}

// Protection is the cryptography of secured messages.
type Protection interface {
	// Open checks the signature of a request and decrypts its Message. Any error but a code is
	// secureDataVerificationFailed.
	Open(m *SecuredMessage) error
	// Seal protects the response to a request, of which it is told the administrative parameter: it sets Administrative
	// but the bit of requests, and Calculation, encrypts Message, and signs.
	Seal(asked uds.Administrative, m *SecuredMessage) error
}

// SecuredMessage is what SecuredDataTransmission carries.
type SecuredMessage struct {
	Administrative uds.Administrative
	Calculation    byte
	Counter        uint16 // anti-replay counter; each request has a greater one than the last
	Message        []byte
	Signature      []byte
}

// securedHeader is how many bytes of a secured message there are before the one within.
const securedHeader = 7

func (s *Server) addSecured(t map[byte]service) {
	if c := s.cfg.Secured; c != nil {
		t[uds.SIDSecuredDataTransmission] = service{
			access: c.Access, least: 1 + securedHeader + 1, handle: s.serveSecured, otherwise: uds.SecureDataVerificationFailed,
		}
	}
}

// serveSecured answers the request within a secured one. What is refused within is a positive response without.
func (s *Server) serveSecured(ctx context.Context, c Call, req []byte) ([]byte, error) {
	m, ok := parseSecured(req[1:])
	switch {
	case !ok:
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	case c.Secured:
		return nil, uds.SecureDataTransmissionNotAllowed // one within another
	case m.Administrative&uds.SecuredRequest == 0:
		return nil, uds.RequestOutOfRange
	case m.Counter <= s.counter:
		return nil, uds.SecureDataVerificationFailed // it was sent before
	}
	if err := s.cfg.Secured.Protection.Open(&m); err != nil {
		return nil, err
	}
	if len(m.Message) == 0 {
		return nil, uds.SecureDataVerificationFailed
	}
	s.counter = m.Counter
	inner := s.within(ctx, c, m.Message)
	answer := SecuredMessage{Counter: m.Counter, Message: inner}
	if err := s.cfg.Secured.Protection.Seal(m.Administrative, &answer); err != nil {
		return nil, err
	}
	return answer.encode(), nil
}

// within answers the request that was in a secured message.
func (s *Server) within(ctx context.Context, c Call, req []byte) []byte {
	c.Secured = true
	r := s.handle(ctx, c, req)
	if r.code != 0 {
		return refusal(req[0], r.code)
	}
	s.mute = r.suppress
	return r.data
}

func parseSecured(b []byte) (m SecuredMessage, ok bool) {
	signature := len(b) - int(binary.BigEndian.Uint16(b[3:]))
	if signature <= securedHeader {
		return m, false
	}
	return SecuredMessage{
		Administrative: uds.Administrative(binary.BigEndian.Uint16(b)),
		Calculation:    b[2],
		Counter:        binary.BigEndian.Uint16(b[5:]),
		Message:        b[securedHeader:signature:signature],
		Signature:      b[signature:],
	}, true
}

func (m SecuredMessage) encode() []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(m.Administrative&^uds.SecuredRequest))
	b = append(b, m.Calculation)
	b = binary.BigEndian.AppendUint16(b, uint16(len(m.Signature)))
	b = binary.BigEndian.AppendUint16(b, m.Counter)
	return append(append(b, m.Message...), m.Signature...)
}
