package firmware_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otabench/ecu/firmware"
)

func TestKeyFiles(t *testing.T) {
	key, err := firmware.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	private, public := filepath.Join(dir, "key.pem"), filepath.Join(dir, "key.pub.pem")
	if err := firmware.WritePrivateKey(private, key); err != nil {
		t.Fatal(err)
	}
	if err := firmware.WritePublicKey(public, firmware.PublicKey(key)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(private)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("private key file: %v, %v; want mode 0600", info.Mode(), err)
	}
	if got, err := firmware.ReadPrivateKey(private); err != nil || !got.Equal(key) {
		t.Errorf("ReadPrivateKey: another key, or %v", err)
	}
	if got, err := firmware.ReadPublicKey(public); err != nil || !got.Equal(firmware.PublicKey(key)) {
		t.Errorf("ReadPublicKey: another key, or %v", err)
	}
	if err := firmware.WritePrivateKey(private, key); !errors.Is(err, fs.ErrExist) {
		t.Errorf("WritePrivateKey over a key = %v, want fs.ErrExist", err)
	}
}

func writePEM(t *testing.T, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestKeyErrors(t *testing.T) {
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	otherPrivate, err := x509.MarshalPKCS8PrivateKey(other)
	if err != nil {
		t.Fatal(err)
	}
	otherPublic, err := x509.MarshalPKIXPublicKey(other.Public())
	if err != nil {
		t.Fatal(err)
	}
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	private := func(path string) error { _, err := firmware.ReadPrivateKey(path); return err }
	public := func(path string) error { _, err := firmware.ReadPublicKey(path); return err }
	tests := []struct {
		name string
		read func(string) error
		path string
		want string
	}{
		{"private key missing", private, filepath.Join(t.TempDir(), "none"), "no such file"},
		{"public key missing", public, filepath.Join(t.TempDir(), "none"), "no such file"},
		{"private key is text", private, text, "not a PEM file"},
		{"public for private", private, writePEM(t, "PUBLIC KEY", otherPublic), `holds a "PUBLIC KEY"`},
		{"private for public", public, writePEM(t, "PRIVATE KEY", otherPrivate), `holds a "PRIVATE KEY"`},
		{"ECDSA private key", private, writePEM(t, "PRIVATE KEY", otherPrivate), "want an Ed25519 key"},
		{"ECDSA public key", public, writePEM(t, "PUBLIC KEY", otherPublic), "want an Ed25519 key"},
		{"broken private key", private, writePEM(t, "PRIVATE KEY", []byte{1}), "not a PKCS #8 key"},
		{"broken public key", public, writePEM(t, "PUBLIC KEY", []byte{1}), "read public key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.read(tt.path); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.path) {
				t.Errorf("got %v, want an error with the path and %q", err, tt.want)
			}
		})
	}
	none := filepath.Join(t.TempDir(), "none", "key")
	if err := firmware.WritePrivateKey(none, testKey(1)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("WritePrivateKey = %v, want fs.ErrNotExist", err)
	}
	if err := firmware.WritePublicKey(none, firmware.PublicKey(testKey(1))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("WritePublicKey = %v, want fs.ErrNotExist", err)
	}
}
