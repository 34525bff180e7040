package firmware

import (
	"crypto/sha256"
	"errors"
)

// Manifest says what an image is and for whom. Its JSON is what gets signed, byte for byte as stored.
type Manifest struct {
	Format   string `json:"format"` // always Format
	ECU      string `json:"ecu"`    // name of the ECU that the image is for, as DID 0xF197 (systemName) reads
	Hardware string `json:"hardware"`
	Version  string `json:"version"`
	// Counter is the security counter: an ECU refuses an image whose counter is below that of its confirmed software.
	Counter uint32 `json:"security_counter"`
	Size    int64  `json:"size"`   // bytes
	SHA256  string `json:"sha256"` // hexadecimal
	// RXSWIN is the identifier of the type-approved software of the system (UN R156, 2.10), if it has one.
	RXSWIN string `json:"rxswin,omitempty"`
	// Notice is what the vehicle's user is told before the update (UN R156, 7.2.2.2).
	Notice *Notice `json:"notice,omitempty"`
}

// Notice is the text for the vehicle's user.
type Notice struct {
	Purpose      string   `json:"purpose"`
	Changes      []string `json:"changes,omitempty"`
	Duration     string   `json:"duration,omitempty"`
	Unavailable  []string `json:"unavailable,omitempty"`
	Instructions string   `json:"instructions,omitempty"`
}

// Format names the layout of manifests and packages.
const Format = "otabench-firmware/1"

// MaxImage bounds the images that Read accepts, 64 MiB.
const MaxImage = 64 << 20

// Package is an image with its signed manifest. The fields are as read or built; only Verify says whether they agree.
type Package struct {
	Manifest  Manifest
	Raw       []byte // the manifest's bytes, as signed
	Signature []byte // Ed25519 over Raw, 64 bytes
	Image     []byte
}

// Errors that callers decide on.
var (
	ErrFormat    = errors.New("not a firmware package")
	ErrSignature = errors.New("the manifest's signature does not verify with this key")
	ErrDigest    = errors.New("the image is not the one in the manifest")
)

// Digest returns the image's SHA-256.
func (p *Package) Digest() [sha256.Size]byte { return sha256.Sum256(p.Image) }
