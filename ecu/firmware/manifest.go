package firmware

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
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
	SHA256  string `json:"sha256"` // hexadecimal, lower case
	// RXSWIN is the identifier of the type-approved software of the system (UN R156, 2.10), if it has one.
	RXSWIN string `json:"rxswin,omitempty"`
	// Notice is what the vehicle's user is told before the update (UN R156, 7.2.2.2).
	Notice *Notice `json:"notice,omitempty"`
}

// Notice is the text for the vehicle's user.
type Notice struct {
	Purpose      string   `json:"purpose" yaml:"purpose"`
	Changes      []string `json:"changes,omitempty" yaml:"changes"`
	Duration     string   `json:"duration,omitempty" yaml:"duration"`
	Unavailable  []string `json:"unavailable,omitempty" yaml:"unavailable"`
	Instructions string   `json:"instructions,omitempty" yaml:"instructions"`
}

// Format names the layout of manifests and packages.
const Format = "otabench-firmware/1"

// MaxManifest bounds a manifest's JSON, 64 KiB.
const MaxManifest = 64 << 10

// maxName bounds the names in a manifest in bytes, so that each fits a data identifier.
const maxName = 64

// ParseManifest reads a manifest's JSON. It refuses unknown, repeated and missing fields, so that no two readers
// can take the same signed bytes for different manifests. Its errors wrap ErrFormat.
func ParseManifest(raw []byte) (Manifest, error) {
	var m Manifest
	if len(raw) > MaxManifest {
		return m, fmt.Errorf("%w: a manifest of %d bytes, at most %d are allowed", ErrFormat, len(raw), MaxManifest)
	}
	if err := decodeStrictly(raw, &m); err != nil {
		return Manifest{}, fmt.Errorf("%w: manifest: %w", ErrFormat, err)
	}
	if err := m.check(); err != nil {
		return Manifest{}, fmt.Errorf("%w: manifest: %w", ErrFormat, err)
	}
	return m, nil
}

func (m Manifest) encode() ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(m)
	if err == nil && len(raw) > MaxManifest {
		err = fmt.Errorf("the manifest takes %d bytes, at most %d are allowed", len(raw), MaxManifest)
	}
	return raw, err
}

func (m Manifest) check() error {
	if m.Format != Format {
		return fmt.Errorf("format is %q, want %q", m.Format, Format)
	}
	names := []struct {
		field, value string
		optional     bool
	}{
		{"ecu", m.ECU, false}, {"hardware", m.Hardware, false}, {"version", m.Version, false}, {"rxswin", m.RXSWIN, true},
	}
	for _, n := range names {
		if n.value == "" && n.optional {
			continue
		}
		if err := checkName(n.value); err != nil {
			return fmt.Errorf("%s: %w", n.field, err)
		}
	}
	if m.Size < 1 || m.Size > MaxImage {
		return fmt.Errorf("size is %d, want 1 to %d bytes", m.Size, MaxImage)
	}
	if digest, err := hex.DecodeString(m.SHA256); err != nil || len(digest) != 32 || strings.ToLower(m.SHA256) != m.SHA256 {
		return errors.New("sha256 is not 64 hexadecimal digits in lower case")
	}
	return nil
}

func checkName(s string) error {
	switch {
	case s == "":
		return errors.New("it is missing")
	case len(s) > maxName:
		return fmt.Errorf("it has %d bytes, at most %d are allowed", len(s), maxName)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }):
		return fmt.Errorf("%q has characters that cannot be printed", s)
	}
	return nil
}
