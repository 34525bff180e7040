package security

import (
	"context"
	"fmt"

	"otabench/ecu/description"
	"otabench/ecu/image/checksum"
	"otabench/ecu/uds"
)

// Access passes the security levels of one ECU.
type Access struct {
	name     string
	keys     map[string]*Key // by the names of description.ECU.Unlocks; "" is that of description.ECU.Security
	checksum string          // reference to the key of checksums
	identity *identity       // for service 0x29; nil without
}

// Open reads the secrets of all levels of an ECU. name stands in errors, and is what programs are told.
func Open(name string, d description.ECU) (*Access, error) {
	a := &Access{name: name, keys: map[string]*Key{}, checksum: d.Programming.ChecksumSecret}
	var err error
	if a.keys[""], err = New(name, d.Security); err != nil {
		return nil, err
	}
	for level, s := range d.Unlocks {
		if a.keys[level], err = New(name, s); err != nil {
			return nil, fmt.Errorf("unlocks.%s: %w", level, err)
		}
	}
	if d.Authentication != nil {
		if a.identity, err = readIdentity(*d.Authentication); err != nil {
			return nil, fmt.Errorf("authentication: %w", err)
		}
	}
	return a, nil
}

// Needed reports whether a level has to be unlocked at all; "" is that of programming.
func (a *Access) Needed(level string) bool {
	k, known := a.keys[level]
	return !known || k.Needed()
}

// Unlock passes a security level, by its name in the description; "" is that of programming. It does nothing if there is
// nothing to be passed.
func (a *Access) Unlock(ctx context.Context, client *uds.Client, level string) error {
	k, known := a.keys[level]
	if !known {
		return fmt.Errorf("%s: the description has no security level %q", a.name, level)
	}
	if !k.Needed() {
		return nil
	}
	return client.Unlock(ctx, k.desc.Level, func(seed []byte) ([]byte, error) { return k.Compute(ctx, seed) }, k.desc.Request.Decode()...)
}

// Checksum computes a checksum by its name, with the key that the description refers to if it needs one.
func (a *Access) Checksum(name string, data []byte) ([]byte, error) {
	return checksumOf(a.checksum, name, data)
}

// Checksum returns what computes checksums for an ECU. It reads a secret only when a checksum needs it.
func Checksum(d description.ECU) func(name string, data []byte) ([]byte, error) {
	return func(name string, data []byte) ([]byte, error) {
		return checksumOf(d.Programming.ChecksumSecret, name, data)
	}
}

func checksumOf(secret, name string, data []byte) ([]byte, error) {
	algorithm, err := checksum.Lookup(name)
	if err != nil {
		return nil, err
	}
	if !algorithm.Keyed() {
		return algorithm.Sum(nil, data)
	}
	key, err := resolve(secret)
	if err != nil {
		return nil, fmt.Errorf("programming.checksum_secret: %w", err)
	}
	if n := keyLength(name); secret == example && n > 0 {
		key = key[:min(n, len(key))]
	}
	return algorithm.Sum(key, data)
}

// keyLength is the length of key that an algorithm insists on, 0 if it takes any.
func keyLength(name string) int {
	return map[string]int{"cmac-aes128": 16, "cmac-aes192": 24, "cmac-aes256": 32}[name]
}
