package key

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Public is a public key with its name, which may be empty.
type Public struct {
	Name string
	key  [ed25519.PublicKeySize]byte
}

// ID is the key itself in hexadecimal, since it is as short as any digest of it. So a signature that names it can be checked
// for itself; whether the key is to be trusted is another question.
func (p Public) ID() string { return hex.EncodeToString(p.key[:]) }

// ParseID is the inverse of ID.
func ParseID(id string) (Public, error) {
	b, err := hex.DecodeString(id)
	if err != nil || len(b) != ed25519.PublicKeySize || hex.EncodeToString(b) != id {
		return Public{}, fmt.Errorf("%.80q is no key id; want an Ed25519 public key as %d digits in lower case", id, 2*ed25519.PublicKeySize)
	}
	return Public{key: [ed25519.PublicKeySize]byte(b)}, nil
}

// Verify says whether a signature over data was made with the private half.
func (p Public) Verify(data, signature []byte) bool { return ed25519.Verify(p.key[:], data, signature) }

// PEM is the key as its file has it.
func (p Public) PEM() []byte {
	der, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(p.key[:]))
	if err != nil {
		panic(err) // no Ed25519 key fails
	}
	return append(comment(p.Name), pem.EncodeToMemory(&pem.Block{Type: publicType, Bytes: der})...)
}

func (p Public) String() string { return strings.TrimSpace(p.Name + " " + p.ID()) }

// ReadPublic reads a public key. Without a name in the file, it has the file's.
func ReadPublic(path string) (Public, error) {
	text, _, err := readFile(path)
	if err != nil {
		return Public{}, fmt.Errorf("read the public key: %w", err)
	}
	p, err := ParsePublic(text)
	if err != nil {
		return Public{}, fmt.Errorf("read the public key %s: %w", path, err)
	}
	if p.Name == "" {
		p.Name = strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".pem"), ".pub")
	}
	return p, nil
}

// ParsePublic parses the text of a public key's file.
func ParsePublic(text []byte) (Public, error) {
	name, der, err := block(text, publicType)
	if err != nil {
		return Public{}, err
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return Public{}, fmt.Errorf("no PKIX key: %w", err)
	}
	public, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return Public{}, fmt.Errorf("the key is a %T, want Ed25519", parsed)
	}
	if len(public) != ed25519.PublicKeySize {
		return Public{}, errors.New("the key has a wrong length")
	}
	return Public{Name: name, key: [ed25519.PublicKeySize]byte(public)}, nil
}

func comment(name string) []byte {
	if name == "" {
		return nil
	}
	return []byte("# " + name + "\n")
}
