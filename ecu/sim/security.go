package sim

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"sync"

	"otabench/ecu/sim/server"
)

// Algorithms of security access.
const (
	algorithmNone = "none"
	algorithmXOR  = "xor"
	algorithmAdd  = "add"
	algorithmHMAC = "hmac-sha256"
)

// security is service 0x27 with the ECU's one level; nil for an ECU without. Invalid keys are counted in NVM, so that no
// reset gives another try.
func (d *diagnostics) security() *server.Security {
	c := d.cfg.Security
	if c.Algorithm == algorithmNone {
		return nil
	}
	key := keys{c, d.cfg.Secret}
	level := server.Level{SeedLength: key.seedLength(), Key: key.key, Attempts: c.Attempts, Delay: c.Delay}
	return &server.Security{
		Access: notDefault, Levels: map[byte]server.Level{c.Level: level}, Store: invalidKeys{d.life.nvm}, Seed: d.life.seeds.next,
	}
}

// seedSource makes the seeds of security access. They follow from the ECU's own seed, so that a run can be played again; they
// go on over resets and power cuts.
type seedSource struct {
	mu     sync.Mutex
	random *rand.ChaCha8
	last   []byte
}

func newSeeds(seed uint64) *seedSource {
	var key [32]byte
	binary.BigEndian.PutUint64(key[:], seed)
	return &seedSource{random: rand.NewChaCha8(key)}
}

// next makes n bytes that are not all zero, which means "unlocked", and not those before.
func (s *seedSource) next(n int) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	seed := make([]byte, n)
	for {
		_, _ = s.random.Read(seed) // never fails
		if !bytes.Equal(seed, s.last) && !bytes.Equal(seed, make([]byte, n)) {
			s.last = seed
			return seed
		}
	}
}

// invalidKeys is the number of invalid keys in NVM.
type invalidKeys struct{ nvm persistentStore }

// InvalidKeys implements server.AttemptStore.
func (c invalidKeys) InvalidKeys(byte) int { return c.nvm.read().InvalidKeys }

// SetInvalidKeys implements server.AttemptStore.
func (c invalidKeys) SetInvalidKeys(ctx context.Context, _ byte, n int) error {
	p := c.nvm.read()
	p.InvalidKeys = n
	return c.nvm.write(ctx, p)
}

// keys makes the keys of an algorithm.
type keys struct {
	cfg    Security
	secret []byte
}

func (k keys) seedLength() int {
	if k.cfg.Algorithm == algorithmHMAC {
		return 16
	}
	return 4
}

// key is the key that belongs to a seed.
func (k keys) key(seed []byte) []byte {
	switch k.cfg.Algorithm {
	case algorithmXOR:
		key := make([]byte, len(seed))
		for i := range seed {
			key[i] = seed[i] ^ k.secret[i%len(k.secret)]
		}
		return key
	case algorithmAdd:
		return binary.BigEndian.AppendUint32(nil, binary.BigEndian.Uint32(seed)+binary.BigEndian.Uint32(k.secret))
	}
	mac := hmac.New(sha256.New, k.secret)
	mac.Write(seed)
	return mac.Sum(nil)[:16]
}
