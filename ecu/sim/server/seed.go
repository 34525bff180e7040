package server

import (
	"bytes"
	"crypto/rand"
)

// newSeed returns random bytes that are not all zero, since those mean "unlocked", and not the last ones.
func newSeed(n int, last []byte) []byte {
	seed := make([]byte, n)
	for {
		_, _ = rand.Read(seed) // never fails
		if !bytes.Equal(seed, last) && !allZero(seed) {
			return seed
		}
	}
}

func allZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }
