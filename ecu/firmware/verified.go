package firmware

import (
	"crypto/ed25519"
	"crypto/sha256"
	"sync"
)

// verified keeps the signatures that were found right, by a digest over exactly the bytes that were checked. A simulated
// ECU checks what its flash holds at every start, and a sweep starts thousands. A byte that differs in the key, the
// signature or the message makes another digest, and the check is done. A wrong signature is never kept.
var verified sync.Map

func verifies(key ed25519.PublicKey, message, signature []byte) bool {
	// The key and the signature have fixed lengths, so no two checks give the same text.
	text := make([]byte, 0, ed25519.PublicKeySize+ed25519.SignatureSize+len(message))
	text = append(append(append(text, key...), signature...), message...)
	digest := sha256.Sum256(text)
	if _, known := verified.Load(digest); known {
		return true
	}
	if !ed25519.Verify(key, message, signature) {
		return false
	}
	verified.Store(digest, struct{}{})
	return true
}
