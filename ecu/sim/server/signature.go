package server

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
)

// verified checks a signature as sign makes it.
func verified(key crypto.PublicKey, message, signature []byte) bool {
	digest := sha256.Sum256(message)
	switch key := key.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, digest[:], signature)
	case ed25519.PublicKey:
		return ed25519.Verify(key, message, signature)
	case *rsa.PublicKey:
		return rsa.VerifyPSS(key, crypto.SHA256, digest[:], signature, nil) == nil
	}
	return false
}

// sign signs with ECDSA over SHA-256 in ASN.1, Ed25519, or RSASSA-PSS with SHA-256, by the kind of key.
func sign(key crypto.Signer, message []byte) ([]byte, error) {
	digest := sha256.Sum256(message)
	switch key.Public().(type) {
	case *ecdsa.PublicKey:
		return key.Sign(rand.Reader, digest[:], crypto.SHA256)
	case ed25519.PublicKey:
		return key.Sign(rand.Reader, message, crypto.Hash(0))
	case *rsa.PublicKey:
		return key.Sign(rand.Reader, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256})
	}
	return nil, fmt.Errorf("sign a challenge: keys of type %T are not known; use ECDSA, Ed25519 or RSA", key.Public())
}
