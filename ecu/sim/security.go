package sim

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"

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
	return &server.Security{Access: notDefault, Levels: map[byte]server.Level{c.Level: level}, Store: invalidKeys{d.life.nvm}}
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
