package sim

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// Algorithms of security access.
const (
	algorithmNone = "none"
	algorithmXOR  = "xor"
	algorithmAdd  = "add"
	algorithmHMAC = "hmac-sha256"
)

// security is the state of SecurityAccess.
type security struct {
	cfg      Security
	secret   []byte
	unlocked bool
	seed     []byte    // the one that a key is expected for, nil if none is
	until    time.Time // end of a lock-out
}

// newSecurity begins after a reset. A lock-out that NVM remembers begins anew.
func newSecurity(cfg Config, nvm persistentStore) security {
	a := security{cfg: cfg.Security, secret: cfg.Secret}
	a.lock()
	if lockedOut(nvm.read().InvalidKeys, a.cfg.Attempts) {
		a.until = time.Now().Add(a.cfg.Delay)
	}
	return a
}

func lockedOut(invalidKeys, attempts int) bool { return invalidKeys >= attempts }

func (a *security) lock() {
	a.unlocked = a.cfg.Algorithm == algorithmNone
	a.seed = nil
}

// access is SecurityAccess (ISO 14229-1:2020, 10.4 and annex I).
func (s *server) access(ctx context.Context, req []byte) reply {
	if req[1] == s.cfg.Security.Level {
		return s.requestSeed(req)
	}
	return s.sendKey(ctx, req)
}

func (s *server) requestSeed(req []byte) reply {
	a := &s.security
	switch {
	case !exactly(req, 2):
		return refuse(incorrectMessageLength)
	case time.Now().Before(a.until):
		return refuse(requiredTimeDelayNotExpired)
	case a.unlocked:
		return answer(append([]byte{req[1]}, make([]byte, a.seedLength())...)...)
	}
	a.seed = a.newSeed()
	return answer(append([]byte{req[1]}, a.seed...)...)
}

func (a *security) seedLength() int {
	if a.cfg.Algorithm == algorithmHMAC {
		return 16
	}
	return 4
}

// newSeed returns random bytes that are not all zero, since those mean "unlocked".
func (a *security) newSeed() []byte {
	seed := make([]byte, a.seedLength())
	_, _ = rand.Read(seed) // never fails
	if allZero(seed) {
		seed[0] = 1
	}
	return seed
}

func allZero(b []byte) bool {
	for _, v := range b {
		if v != 0 {
			return false
		}
	}
	return true
}

// sendKey takes a key for the last seed; each seed is good for one key. The number of invalid keys is in NVM before the
// response tells of it, so that no reset gives another try.
func (s *server) sendKey(ctx context.Context, req []byte) reply {
	a := &s.security
	seed := a.seed
	switch {
	case time.Now().Before(a.until):
		return refuse(requiredTimeDelayNotExpired)
	case seed == nil:
		return refuse(requestSequenceError)
	case len(req) != 2+len(a.key(seed)):
		return refuse(incorrectMessageLength)
	}
	a.seed = nil
	p := s.life.nvm.read()
	if hmac.Equal(req[2:], a.key(seed)) {
		if err := s.countInvalidKeys(ctx, p, 0); err != nil {
			return refuse(generalProgrammingFailure)
		}
		a.unlocked = true
		return answer(req[1])
	}
	// A lock-out that is over leaves one try, not all of them (annex I: Att_Cnt is decremented).
	invalid := min(p.InvalidKeys, a.cfg.Attempts-1) + 1
	if err := s.countInvalidKeys(ctx, p, invalid); err != nil {
		return refuse(generalProgrammingFailure)
	}
	if lockedOut(invalid, a.cfg.Attempts) {
		a.until = time.Now().Add(a.cfg.Delay)
		return refuse(exceededNumberOfAttempts)
	}
	return refuse(invalidKey)
}

func (s *server) countInvalidKeys(ctx context.Context, p persistent, n int) error {
	if p.InvalidKeys == n {
		return nil
	}
	p.InvalidKeys = n
	return s.life.nvm.write(ctx, p)
}

// key is the key that belongs to a seed.
func (a *security) key(seed []byte) []byte {
	switch a.cfg.Algorithm {
	case algorithmXOR:
		key := make([]byte, len(seed))
		for i := range seed {
			key[i] = seed[i] ^ a.secret[i%len(a.secret)]
		}
		return key
	case algorithmAdd:
		return binary.BigEndian.AppendUint32(nil, binary.BigEndian.Uint32(seed)+binary.BigEndian.Uint32(a.secret))
	}
	mac := hmac.New(sha256.New, a.secret)
	mac.Write(seed)
	return mac.Sum(nil)[:16]
}
