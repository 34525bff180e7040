package checksum

import (
	"errors"
	"fmt"
	"hash"
)

// Errors of Algorithm.New and Sum, for callers who decide on them.
var (
	ErrUnknown = errors.New("unknown checksum algorithm")
	ErrKey     = errors.New("wrong key")
)

// Algorithm is a way to compute a checksum. The zero value is none; Lookup gives one.
type Algorithm struct {
	name string
	size int     // of the result, in bytes
	key  keySize // of keyed algorithms
	make func(key []byte) (hash.Hash, error)
}

// keySize is how many bytes a key may have; zero for algorithms that take none.
type keySize struct{ min, max int }

func (k keySize) String() string {
	if k.min == k.max {
		return fmt.Sprintf("%d bytes", k.min)
	}
	return fmt.Sprintf("%d to %d bytes", k.min, k.max)
}

// Name is the name that Lookup finds the algorithm by.
func (a Algorithm) Name() string { return a.name }

func (a Algorithm) String() string { return a.name }

// Size is the length of the result in bytes.
func (a Algorithm) Size() int { return a.size }

// Keyed reports whether the algorithm needs a key.
func (a Algorithm) Keyed() bool { return a.key.max > 0 }

// New returns a hash for data that comes in pieces. The key is nil unless the algorithm is Keyed. Errors wrap ErrKey
// and never show the key.
func (a Algorithm) New(key []byte) (hash.Hash, error) {
	switch {
	case a.make == nil:
		return nil, fmt.Errorf("%w: none is given", ErrUnknown)
	case !a.Keyed() && len(key) > 0:
		return nil, fmt.Errorf("%s: %w: it takes none; leave the key out", a.name, ErrKey)
	case a.Keyed() && (len(key) < a.key.min || len(key) > a.key.max):
		return nil, fmt.Errorf("%s: %w: it has %d bytes, and must have %v", a.name, ErrKey, len(key), a.key)
	}
	return a.make(key)
}

// Sum returns the checksum of data, Size bytes, big-endian. Errors are those of New.
func (a Algorithm) Sum(key, data []byte) ([]byte, error) {
	h, err := a.New(key)
	if err != nil {
		return nil, err
	}
	h.Write(data) // a hash.Hash never fails
	return h.Sum(nil), nil
}
