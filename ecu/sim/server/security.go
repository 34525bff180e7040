package server

import (
	"context"
	"crypto/hmac"
	"time"

	"otabench/ecu/uds"
)

// Security is SecurityAccess (10.4 and annex I).
type Security struct {
	Access Access
	// Levels are those that can be unlocked, by their requestSeed: 0x01, 0x03 and so on up to 0x7D. One is unlocked at a
	// time.
	Levels map[byte]Level
	// Store remembers invalid keys beyond a reset; nil counts until the server is made anew.
	Store AttemptStore
	// Seed makes a seed of n bytes; nil makes random ones, never all zero and never the one before.
	Seed func(n int) []byte
}

// Level is a level of SecurityAccess.
type Level struct {
	Access Access
	// SeedLength is how many bytes the seed has.
	SeedLength int
	// Key is the algorithm.
	Key func(seed []byte) []byte
	// Same compares the key that came with the right one, which has as many bytes; nil compares all of them.
	Same func(key, right []byte) bool
	// Attempts is how many invalid keys in a row lock the level out for Delay, and after that each further one; 0 is never.
	Attempts int
	Delay    time.Duration
	// Gate refuses to begin, and takes the securityAccessDataRecord of requestSeed. nil refuses any record.
	Gate func(ctx context.Context, c Call, record []byte) error
}

// AttemptStore counts invalid keys since the last valid one. It is written before the response tells of a key, so that no
// reset gives another try. A level whose count is at its limit is locked out when a server begins.
type AttemptStore interface {
	InvalidKeys(level byte) int
	SetInvalidKeys(ctx context.Context, level byte, n int) error
}

func (c *Security) check() error {
	for number, level := range c.Levels {
		switch {
		case number%2 == 0 || number > 0x7D:
			return invalid("security level %02X; want an odd requestSeed from 01 to 7D", number)
		case level.SeedLength < 1 || level.Key == nil:
			return invalid("security level %02X has no seed or no key", number)
		}
	}
	return nil
}

// counts is an AttemptStore that forgets.
type counts map[byte]int

func (c counts) InvalidKeys(level byte) int { return c[level] }

func (c counts) SetInvalidKeys(_ context.Context, level byte, n int) error {
	c[level] = n
	return nil
}

// security is the state of SecurityAccess.
type security struct {
	level byte // that is unlocked, 0 for none
	asked byte // level that a key is expected for, 0 for none
	seed  []byte
	last  []byte
	store AttemptStore
	until map[byte]time.Time // ends of lock-outs
}

// newSecurity begins after a reset. A lock-out that the store remembers begins anew.
func newSecurity(c *Security) security {
	a := security{until: map[byte]time.Time{}}
	if c == nil {
		return a
	}
	if a.store = c.Store; a.store == nil {
		a.store = counts{}
	}
	for number, level := range c.Levels {
		if level.lockedOut(a.store.InvalidKeys(number)) {
			a.until[number] = time.Now().Add(level.Delay)
		}
	}
	return a
}

func (l Level) lockedOut(invalid int) bool { return l.Attempts > 0 && invalid >= l.Attempts }

func (a *security) lock() { a.level, a.asked = 0, 0 }

func (a *security) delayed(level byte) bool { return time.Now().Before(a.until[level]) }

func (s *Server) addSecurity(t map[byte]service) {
	c := s.cfg.Security
	if c == nil {
		return
	}
	subs := map[byte]Access{}
	for number, level := range c.Levels {
		subs[number], subs[number+1] = level.Access, level.Access
	}
	t[uds.SIDSecurityAccess] = service{
		access: c.Access, subs: subs, handle: s.securityAccess, otherwise: uds.GeneralProgrammingFailure,
	}
}

func (s *Server) securityAccess(ctx context.Context, c Call, req []byte) ([]byte, error) {
	if req[1]%2 == 1 {
		return s.requestSeed(ctx, c, req)
	}
	return s.sendKey(ctx, req)
}

// requestSeed gives a seed, or zeros if the level is unlocked already.
func (s *Server) requestSeed(ctx context.Context, c Call, req []byte) ([]byte, error) {
	a, number := &s.security, req[1]
	level := s.cfg.Security.Levels[number]
	if level.Gate == nil && len(req) != 2 {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	if level.Gate != nil {
		if err := level.Gate(ctx, c, req[2:]); err != nil {
			return nil, s.failed(err, uds.ConditionsNotCorrect)
		}
	}
	if a.delayed(number) {
		return nil, uds.RequiredTimeDelayNotExpired
	}
	if a.level == number {
		return append([]byte{number}, make([]byte, level.SeedLength)...), nil
	}
	a.asked, a.seed = number, s.seed(level.SeedLength)
	a.last = a.seed
	return append([]byte{number}, a.seed...), nil
}

func (s *Server) seed(n int) []byte {
	if own := s.cfg.Security.Seed; own != nil {
		return own(n)
	}
	return newSeed(n, s.security.last)
}

// sendKey takes a key for the last seed; each seed is good for one key of the right length.
func (s *Server) sendKey(ctx context.Context, req []byte) ([]byte, error) {
	a, number := &s.security, req[1]-1
	level := s.cfg.Security.Levels[number]
	if a.asked != number {
		return nil, uds.RequestSequenceError
	}
	key := level.Key(a.seed)
	if len(req) != 2+len(key) {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	if !s.cfg.Flaws.KeepsSeed {
		a.asked = 0
	}
	if level.same(req[2:], key) {
		if err := a.count(ctx, number, 0); err != nil {
			return nil, err
		}
		a.level = number
		return req[1:2], nil
	}
	return nil, a.punish(ctx, number, level)
}

func (l Level) same(key, right []byte) bool {
	if l.Same != nil {
		return l.Same(key, right)
	}
	return hmac.Equal(key, right)
}

// punish counts an invalid key.
func (a *security) punish(ctx context.Context, number byte, level Level) error {
	invalid := a.store.InvalidKeys(number) + 1
	if level.Attempts > 0 {
		// A lock-out that is over leaves one try, not all of them (annex I: Att_Cnt is decremented).
		invalid = min(invalid, level.Attempts)
	}
	if err := a.count(ctx, number, invalid); err != nil {
		return err
	}
	if level.lockedOut(invalid) {
		a.until[number] = time.Now().Add(level.Delay)
		return uds.ExceedNumberOfAttempts
	}
	return uds.InvalidKey
}

func (a *security) count(ctx context.Context, level byte, invalid int) error {
	if a.store.InvalidKeys(level) == invalid {
		return nil
	}
	return a.store.SetInvalidKeys(ctx, level, invalid)
}
