package security

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"

	"otabench/ecu/description"
)

// Algorithms, as a description names them.
const (
	None       = "none"        // the ECU has no security access
	XOR        = "xor"         // key[i] = seed[i] XOR secret[i mod len(secret)]
	Add        = "add"         // seed and secret as big-endian 32-bit numbers, added modulo 2^32
	HMACSHA256 = "hmac-sha256" // the first 16 bytes of HMAC-SHA256(secret, seed)
)

// maxSeed bounds what is taken from an ECU, in bytes.
const maxSeed = 256

// Key makes keys from seeds.
type Key struct {
	algorithm string
	reference string
	secret    []byte
}

// New reads the secret that s refers to.
func New(s description.Security) (*Key, error) {
	k := &Key{algorithm: s.Algorithm, reference: s.Secret}
	switch s.Algorithm {
	case None:
		return k, nil
	case XOR, Add, HMACSHA256:
	default:
		return nil, fmt.Errorf("security access: no algorithm %q; known: %v", s.Algorithm, description.Algorithms())
	}
	secret, err := resolve(s.Secret)
	if err != nil {
		return nil, fmt.Errorf("security access: %w", err)
	}
	if s.Algorithm == Add {
		if s.Secret == example {
			secret = secret[:4]
		}
		if len(secret) != 4 {
			return nil, fmt.Errorf("security access: the secret in %s has %d bytes, and algorithm add wants 4", s.Secret, len(secret))
		}
	}
	k.secret = secret
	return k, nil
}

// Needed reports whether the ECU has to be unlocked at all.
func (k Key) Needed() bool { return k.algorithm != None }

// Compute returns the key for a seed. It refuses seeds that are empty, too long or of a length that the algorithm
// does not know.
func (k Key) Compute(seed []byte) ([]byte, error) {
	if len(seed) == 0 || len(seed) > maxSeed {
		return nil, fmt.Errorf("security access: a seed of %d bytes, want 1 to %d", len(seed), maxSeed)
	}
	switch k.algorithm {
	case XOR:
		key := make([]byte, len(seed))
		for i := range seed {
			key[i] = seed[i] ^ k.secret[i%len(k.secret)]
		}
		return key, nil
	case Add:
		if len(seed) != 4 {
			return nil, fmt.Errorf("security access: a seed of %d bytes, and algorithm add wants 4", len(seed))
		}
		sum := binary.BigEndian.Uint32(seed) + binary.BigEndian.Uint32(k.secret)
		return binary.BigEndian.AppendUint32(nil, sum), nil
	case HMACSHA256:
		mac := hmac.New(sha256.New, k.secret)
		mac.Write(seed)
		return mac.Sum(nil)[:16], nil
	}
	return nil, fmt.Errorf("security access: algorithm %q makes no keys", k.algorithm)
}

// String names the algorithm and where the secret is.
func (k Key) String() string {
	if !k.Needed() {
		return k.algorithm
	}
	return fmt.Sprintf("%s with the secret in %s", k.algorithm, k.reference)
}

// Format implements fmt.Formatter, so that no verb prints the secret.
func (k Key) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, k.String()) }
