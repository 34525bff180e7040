package record

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// SpecID is the id of a spec: the first 10 hexadecimal digits of the SHA-256 of its texts, those of its containers first.
func SpecID(containers []string, text string) string {
	sum := sha256.Sum256([]byte(strings.Join(append(slices.Clone(containers), text), "\x00")))
	return hex.EncodeToString(sum[:5])
}
