package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

// errSignature is what verify says of a signature that does not fit.
var errSignature = errors.New("the signature is wrong")

// pss are the parameters of RSA signatures.
var pss = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}

// sign makes a proof of ownership.
func sign(random io.Reader, key crypto.Signer, token []byte) ([]byte, error) {
	digest := sha256.Sum256(token)
	switch public := key.Public().(type) {
	case *ecdsa.PublicKey:
		if public.Curve == elliptic.P256() {
			return key.Sign(random, digest[:], crypto.SHA256)
		}
	case ed25519.PublicKey:
		return key.Sign(random, token, crypto.Hash(0))
	case *rsa.PublicKey:
		return key.Sign(random, digest[:], pss)
	}
	return nil, unsupported(key.Public())
}

// verify checks a proof of ownership.
func verify(key crypto.PublicKey, token, proof []byte) error {
	digest := sha256.Sum256(token)
	good := false
	switch public := key.(type) {
	case *ecdsa.PublicKey:
		if public.Curve != elliptic.P256() {
			return unsupported(key)
		}
		good = ecdsa.VerifyASN1(public, digest[:], proof)
	case ed25519.PublicKey:
		good = ed25519.Verify(public, token, proof)
	case *rsa.PublicKey:
		good = rsa.VerifyPSS(public, crypto.SHA256, digest[:], proof, pss) == nil
	default:
		return unsupported(key)
	}
	if !good {
		return errSignature
	}
	return nil
}

func unsupported(key crypto.PublicKey) error {
	if k, ok := key.(*ecdsa.PublicKey); ok {
		return fmt.Errorf("a key on %s; want ECDSA on P-256, Ed25519 or RSA", k.Curve.Params().Name)
	}
	return fmt.Errorf("a key of type %T; want ECDSA on P-256, Ed25519 or RSA", key)
}
