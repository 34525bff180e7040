package key

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

const (
	privateType = "PRIVATE KEY" // PKCS #8
	publicType  = "PUBLIC KEY"  // PKIX
	// maxFile bounds a key's file in bytes.
	maxFile = 64 << 10
)

// ErrPrivate says that a private key is where a public one has to be.
var ErrPrivate = errors.New("this is a private key, which is for its owner alone; the public one lies beside it in a file .pub.pem")

// names are those that a file can have on every system, and that a reader can tell apart.
var names = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)

// Key is a private key with the name of who signs with it.
type Key struct {
	name    string
	private ed25519.PrivateKey
}

// New makes a key.
func New(name string) (*Key, error) {
	if !names.MatchString(name) {
		return nil, fmt.Errorf("%.80q is no name of a key; want 1 to 64 letters, digits or any of . _ @ -, with a letter or digit first", name)
	}
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, fmt.Errorf("make the key %s: %w", name, err)
	}
	return &Key{name, private}, nil
}

// Public is what others know of the key.
func (k *Key) Public() Public {
	return Public{Name: k.name, key: [ed25519.PublicKeySize]byte(k.private.Public().(ed25519.PublicKey))}
}

// KeyID implements dsse.Signer.
func (k *Key) KeyID() (string, error) { return k.Public().ID(), nil }

// Sign implements dsse.Signer.
func (k *Key) Sign(_ context.Context, data []byte) ([]byte, error) {
	return ed25519.Sign(k.private, data), nil
}

// String never shows the private half.
func (k *Key) String() string { return k.Public().String() }

// GoString is String, so that %#v shows no more.
func (k *Key) GoString() string { return k.String() }

// Write writes both halves into new files of a folder, which is made if it is not there, and returns their paths.
func (k *Key) Write(dir string) (private, public string, err error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return "", "", fmt.Errorf("write the key %s: %w", k.name, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", "", fmt.Errorf("write the key %s: %w", k.name, err)
	}
	private, public = filepath.Join(dir, k.name+".pem"), filepath.Join(dir, k.name+".pub.pem")
	text := append(comment(k.name), pem.EncodeToMemory(&pem.Block{Type: privateType, Bytes: der})...)
	if err := writeNew(private, text, 0o600); err != nil {
		return "", "", fmt.Errorf("write the private key: %w", err)
	}
	if err := writeNew(public, k.Public().PEM(), 0o644); err != nil {
		return "", "", errors.Join(fmt.Errorf("write the public key: %w", err), os.Remove(private))
	}
	return private, public, nil
}

func writeNew(path string, text []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// Read reads a private key. A file that others may read is refused: whoever read it can sign as its owner.
func Read(path string) (*Key, error) {
	text, mode, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the private key: %w", err)
	}
	if mode.Perm()&0o077 != 0 {
		return nil, fmt.Errorf("read the private key %s: others may read it (mode %04o); if nobody did, chmod 600 it, else make a new one", path, mode.Perm())
	}
	k, err := parsePrivate(text)
	if err != nil {
		return nil, fmt.Errorf("read the private key %s: %w", path, err)
	}
	if k.name == "" {
		k.name = strings.TrimSuffix(filepath.Base(path), ".pem")
	}
	return k, nil
}

func parsePrivate(text []byte) (*Key, error) {
	name, der, err := block(text, privateType)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("no PKCS #8 key: %w", err)
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("the key is a %T, want Ed25519; otabench key new makes one", parsed)
	}
	return &Key{name, private}, nil
}

// readFile reads a regular file of bounded size.
func readFile(path string) ([]byte, os.FileMode, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%s is no regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s has more than %d bytes, which is no key", path, maxFile)
	}
	return text, info.Mode(), err
}

// block returns the one PEM block of a text, and the name that a line before it gives.
func block(text []byte, kind string) (name string, der []byte, err error) {
	b, rest := pem.Decode(text)
	switch {
	case b == nil:
		return "", nil, fmt.Errorf("no PEM block %q", kind)
	case b.Type == privateType && kind == publicType:
		return "", nil, ErrPrivate
	case b.Type != kind:
		return "", nil, fmt.Errorf("a PEM block %.40q, want %q", b.Type, kind)
	case len(strings.TrimSpace(string(rest))) > 0:
		return "", nil, errors.New("there is more behind the key; want one key a file")
	}
	before, _, _ := strings.Cut(string(text), "-----BEGIN")
	for line := range strings.Lines(before) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "#"); ok && names.MatchString(strings.TrimSpace(name)) {
			return strings.TrimSpace(name), b.Bytes, nil
		}
	}
	return "", b.Bytes, nil
}
