package config

import (
	"crypto/sha256"
	"encoding/hex"
)

// Digest returns the SHA-256 of a bench file's text, hexadecimal. It stands in each record.
func Digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
