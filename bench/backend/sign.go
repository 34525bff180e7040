package backend

import (
	"crypto/ed25519"
	"fmt"

	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// seal signs metadata with the keys of its role, or with the foreign ones that play them.
func seal[T metadata.Roles](r *repository, role string, m *metadata.Metadata[T]) ([]byte, error) {
	if r.deceit.forged != role {
		return encode(m, r.keys[role])
	}
	if err := sign(m, r.deceit.foreign); err != nil {
		return nil, err
	}
	if err := disguise(m, r.keys[role]); err != nil {
		return nil, err
	}
	return m.ToBytes(false)
}

// disguise repeats the first signature in the name of each true key: a verifier must look at the signature itself, and
// not only at who is said to have made it.
func disguise[T metadata.Roles](m *metadata.Metadata[T], as []ed25519.PrivateKey) error {
	for _, key := range as {
		public, err := metadata.KeyFromPublicKey(key.Public())
		if err != nil {
			return fmt.Errorf("describe a key: %w", err)
		}
		id, err := public.ID()
		if err != nil {
			return fmt.Errorf("identify a key: %w", err)
		}
		m.Signatures = append(m.Signatures, metadata.Signature{KeyID: id, Signature: m.Signatures[0].Signature})
	}
	return nil
}

// encode signs metadata with all keys and writes it as it goes over the wire.
func encode[T metadata.Roles](m *metadata.Metadata[T], keys []ed25519.PrivateKey) ([]byte, error) {
	if err := sign(m, keys); err != nil {
		return nil, err
	}
	return m.ToBytes(false)
}

func sign[T metadata.Roles](m *metadata.Metadata[T], keys []ed25519.PrivateKey) error {
	for _, key := range keys {
		signer, err := signature.LoadED25519Signer(key)
		if err != nil {
			return fmt.Errorf("load a signing key: %w", err)
		}
		if _, err := m.Sign(signer); err != nil {
			return fmt.Errorf("sign metadata: %w", err)
		}
	}
	return nil
}
