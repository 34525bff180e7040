package firmware

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"otabench/ecu/image"
)

// MaxImage bounds the images that Read accepts, 64 MiB.
const MaxImage = 64 << 20

// Package is an image with its signed manifest. The fields are as read or built; only Verify says whether they agree.
type Package struct {
	Manifest  Manifest
	Raw       []byte // the manifest's bytes, as signed
	Signature []byte // Ed25519 over Raw, 64 bytes
	Image     []byte
	// Files are the sources of a release of a maker's own files, which has no image and no signature of its own; nil for a
	// signed package. Nobody changes them.
	Files map[string]*image.Image
}

// Errors that callers decide on.
var (
	ErrFormat    = errors.New("not a firmware package")
	ErrSignature = errors.New("the manifest's signature does not verify with this key")
	ErrDigest    = errors.New("the image is not the one in the manifest")
)

// Digest returns the image's SHA-256.
func (p *Package) Digest() [sha256.Size]byte { return sha256.Sum256(p.Image) }

func (p *Package) String() string {
	m := p.Manifest
	return fmt.Sprintf("%s %s for %s, security counter %d, %d bytes", m.ECU, m.Version, m.Hardware, m.Counter, len(p.Image))
}

// Clone returns a copy that shares no memory with p but Files.
func (p *Package) Clone() *Package {
	c := *p
	c.Raw, c.Signature, c.Image = bytes.Clone(p.Raw), bytes.Clone(p.Signature), bytes.Clone(p.Image)
	if p.Manifest.Notice != nil {
		n := *p.Manifest.Notice
		n.Changes, n.Unavailable = slices.Clone(n.Changes), slices.Clone(n.Unavailable)
		c.Manifest.Notice = &n
	}
	return &c
}

// Verify checks the signature and then that the image is the one that was signed. Its errors wrap ErrSignature,
// ErrFormat or ErrDigest.
func (p *Package) Verify(key ed25519.PublicKey) error {
	if err := p.VerifySignature(key); err != nil {
		return err
	}
	signed, err := ParseManifest(p.Raw)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(signed, p.Manifest) {
		return fmt.Errorf("%w: the manifest in use is not the one that was signed", ErrFormat)
	}
	return p.VerifyImage()
}

// VerifySignature checks the manifest alone, before anything in it is believed. Its error wraps ErrSignature.
func (p *Package) VerifySignature(key ed25519.PublicKey) error {
	switch {
	case len(key) != ed25519.PublicKeySize:
		return fmt.Errorf("%w: the key has %d bytes, want %d", ErrSignature, len(key), ed25519.PublicKeySize)
	case len(p.Signature) != ed25519.SignatureSize:
		return fmt.Errorf("%w: it has %d bytes, want %d", ErrSignature, len(p.Signature), ed25519.SignatureSize)
	case !verifies(key, p.Raw, p.Signature):
		return ErrSignature
	}
	return nil
}

// VerifyImage compares the image with the manifest's size and digest. Its error wraps ErrDigest.
func (p *Package) VerifyImage() error {
	if int64(len(p.Image)) != p.Manifest.Size {
		return fmt.Errorf("%w: it has %d bytes and the manifest says %d", ErrDigest, len(p.Image), p.Manifest.Size)
	}
	digest := p.Digest()
	if got := hex.EncodeToString(digest[:]); got != p.Manifest.SHA256 {
		return fmt.Errorf("%w: its SHA-256 is %s and the manifest says %s", ErrDigest, got, p.Manifest.SHA256)
	}
	return nil
}
