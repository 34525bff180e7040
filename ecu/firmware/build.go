package firmware

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Build makes a package of m and image, and signs it. It fills in the manifest's Format, Size and SHA256.
func Build(m Manifest, image []byte, key ed25519.PrivateKey) (*Package, error) {
	if len(key) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("build package %s %s: the signing key has %d bytes, want %d", m.ECU, m.Version, len(key), ed25519.PrivateKeySize)
	}
	digest := sha256.Sum256(image)
	m.Format, m.Size, m.SHA256 = Format, int64(len(image)), hex.EncodeToString(digest[:])
	raw, err := m.encode()
	if err != nil {
		return nil, fmt.Errorf("build package %s %s: %w", m.ECU, m.Version, err)
	}
	return &Package{Manifest: m, Raw: raw, Signature: ed25519.Sign(key, raw), Image: bytes.Clone(image)}, nil
}
