package security

import (
	"context"
	"crypto/aes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"otabench/ecu/description"
	"otabench/ecu/image/checksum"
	"otabench/ecu/plugin"
)

// maxSeed bounds what is taken from an ECU, in bytes.
const maxSeed = 256

// Key makes keys from seeds.
type Key struct {
	ecu    string
	desc   description.Security
	secret []byte
}

// New reads the secret that s refers to; ecu is the ECU's name for programs.
func New(ecu string, s description.Security) (*Key, error) {
	k := &Key{ecu: ecu, desc: s}
	switch s.Algorithm {
	case description.AlgorithmNone:
		return k, nil
	case description.AlgorithmProgram:
		if len(s.Program) == 0 {
			return nil, errors.New("security access: algorithm program, and no program is named")
		}
		if s.Secret == "" {
			return k, nil
		}
	case description.AlgorithmXOR, description.AlgorithmAdd, description.AlgorithmHMACSHA256,
		description.AlgorithmCMACAES, description.AlgorithmAES:
	default:
		return nil, fmt.Errorf("security access: no algorithm %q; known: %v", s.Algorithm, description.Algorithms())
	}
	secret, err := resolve(s.Secret)
	if err != nil {
		return nil, fmt.Errorf("security access: %w", err)
	}
	if k.secret, err = fit(s, secret); err != nil {
		return nil, fmt.Errorf("security access: %w", err)
	}
	return k, nil
}

// fit checks that a secret has the length that the algorithm wants. Of the example secret, which is for all of them, it
// takes the beginning.
func fit(s description.Security, secret []byte) ([]byte, error) {
	lengths := map[string][]int{
		description.AlgorithmAdd: {4}, description.AlgorithmAES: {16, 24, 32}, description.AlgorithmCMACAES: {16, 24, 32},
	}[s.Algorithm]
	switch {
	case lengths == nil || slices.Contains(lengths, len(secret)):
		return secret, nil
	case s.Secret == example:
		return secret[:lengths[0]], nil
	}
	return nil, fmt.Errorf("the secret in %s has %d bytes, and algorithm %s wants %s", s.Secret, len(secret), s.Algorithm, oneOf(lengths))
}

func oneOf(lengths []int) string {
	texts := make([]string, len(lengths))
	for i, n := range lengths {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, " or ")
}

// Needed reports whether the ECU has to be unlocked at all.
func (k Key) Needed() bool { return k.desc.Algorithm != description.AlgorithmNone }

// Compute returns the key for a seed. It refuses seeds that are empty, too long or of a length that the algorithm
// does not know. ctx bounds a program.
func (k Key) Compute(ctx context.Context, seed []byte) ([]byte, error) {
	if len(seed) == 0 || len(seed) > maxSeed {
		return nil, fmt.Errorf("security access: a seed of %d bytes, want 1 to %d", len(seed), maxSeed)
	}
	switch k.desc.Algorithm {
	case description.AlgorithmProgram:
		return plugin.Program(k.desc.Program).Key(ctx, plugin.KeyRequest{ECU: k.ecu, Level: k.desc.Level, Seed: seed, Secret: k.secret})
	case description.AlgorithmXOR:
		key := make([]byte, len(seed))
		for i := range seed {
			key[i] = seed[i] ^ k.secret[i%len(k.secret)]
		}
		return key, nil
	case description.AlgorithmAdd:
		return k.add(seed)
	case description.AlgorithmHMACSHA256:
		mac := hmac.New(sha256.New, k.secret)
		mac.Write(seed)
		return mac.Sum(nil)[:16], nil
	case description.AlgorithmCMACAES:
		return k.cmac(seed)
	case description.AlgorithmAES:
		return k.encrypt(seed)
	}
	return nil, fmt.Errorf("security access: algorithm %q makes no keys", k.desc.Algorithm)
}

func (k Key) add(seed []byte) ([]byte, error) {
	if len(seed) != 4 {
		return nil, fmt.Errorf("security access: a seed of %d bytes, and algorithm add wants 4", len(seed))
	}
	sum := binary.BigEndian.Uint32(seed) + binary.BigEndian.Uint32(k.secret)
	return binary.BigEndian.AppendUint32(nil, sum), nil
}

func (k Key) cmac(seed []byte) ([]byte, error) {
	algorithm, err := checksum.Lookup(fmt.Sprintf("cmac-aes%d", 8*len(k.secret)))
	if err != nil {
		return nil, fmt.Errorf("security access: %w", err)
	}
	return algorithm.Sum(k.secret, seed)
}

func (k Key) encrypt(seed []byte) ([]byte, error) {
	if len(seed) != aes.BlockSize {
		return nil, fmt.Errorf("security access: a seed of %d bytes, and algorithm aes wants %d", len(seed), aes.BlockSize)
	}
	block, err := aes.NewCipher(k.secret)
	if err != nil {
		return nil, fmt.Errorf("security access: %w", err)
	}
	key := make([]byte, aes.BlockSize)
	block.Encrypt(key, seed)
	return key, nil
}

// String names the algorithm and where the secret is.
func (k Key) String() string {
	switch {
	case !k.Needed():
		return k.desc.Algorithm
	case k.desc.Secret == "":
		return fmt.Sprintf("%s %v", k.desc.Algorithm, plugin.Program(k.desc.Program))
	}
	return fmt.Sprintf("%s with the secret in %s", k.desc.Algorithm, k.desc.Secret)
}

// Format implements fmt.Formatter, so that no verb prints the secret.
func (k Key) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, k.String()) }
