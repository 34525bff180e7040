package sim

import (
	"context"
	"encoding/binary"
	"errors"
)

// maxDIDs bounds the identifiers in one request.
const maxDIDs = 16

// read is ReadDataByIdentifier. Identifiers that are not there are left out as long as one is (ISO 14229-1:2020, 11.2).
func (s *server) read(_ context.Context, req []byte) reply {
	ids := req[1:]
	if len(ids)%2 != 0 || len(ids)/2 > maxDIDs {
		return refuse(incorrectMessageLength)
	}
	var data []byte
	code := requestOutOfRange
	for ; len(ids) > 0; ids = ids[2:] {
		value, err := s.did(binary.BigEndian.Uint16(ids))
		if errors.Is(err, errNotNow) {
			code = conditionsNotCorrect
		}
		if err == nil {
			data = append(append(data, ids[:2]...), value...)
		}
	}
	switch {
	case data == nil:
		return refuse(code)
	case len(data) >= maxMessage:
		return refuse(responseTooLong)
	}
	return answer(data...)
}

// writable is an identifier that can be written.
type writable struct {
	in     sessions
	length func(int) bool
	store  func(*persistent, []byte)
}

// writables are all the identifiers that a tester may write, and only after security access. Versions and RXSWIN are
// not among them: they come from signed software.
func writables() map[uint16]writable {
	return map[uint16]writable{
		didVIN: {
			in: inExtended, length: func(n int) bool { return n == vinLength },
			store: func(p *persistent, b []byte) { p.VIN = string(b) },
		},
		didFingerprint: {
			in: notDefault, length: func(n int) bool { return n >= 1 && n <= maxFingerprint },
			store: func(p *persistent, b []byte) { p.Fingerprint = b },
		},
		didProgrammingDate: {
			in: notDefault, length: func(n int) bool { return n == 3 || n == 4 },
			store: func(p *persistent, b []byte) { p.Date = b },
		},
	}
}

// write is WriteDataByIdentifier.
func (s *server) write(ctx context.Context, req []byte) reply {
	w, known := writables()[binary.BigEndian.Uint16(req[1:])]
	value := req[3:]
	switch {
	case !known || !w.in.has(s.session):
		return refuse(requestOutOfRange)
	case !w.length(len(value)):
		return refuse(incorrectMessageLength)
	case !s.security.unlocked:
		return refuse(securityAccessDenied)
	}
	p := s.life.nvm.read()
	w.store(&p, value)
	if err := s.life.nvm.write(ctx, p); err != nil {
		return refuse(generalProgrammingFailure)
	}
	return answer(req[1:3]...)
}
