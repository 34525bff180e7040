package described_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"otabench/ecu/description"
)

// writeIdentity writes a certificate that is good for a lifetime, also for the time that synctest lives in, and its key.
func writeIdentity(t *testing.T) description.Authentication {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "tester"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	a := description.Authentication{Certificate: filepath.Join(dir, "c.pem"), Key: "file:" + filepath.Join(dir, "k.pem")}
	for path, block := range map[string]*pem.Block{
		a.Certificate:               {Type: "CERTIFICATE", Bytes: certificate},
		filepath.Join(dir, "k.pem"): {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// The tester's certificate opens what the sequence does after it.
func TestAuthentication(t *testing.T) {
	cfg := inPlaceConfig(t)
	a := writeIdentity(t)
	cfg.Description.Authentication = &a
	s := cfg.Description.Programming.Sequence
	cfg.Description.Programming.Sequence = append([]description.Step{s[0], {Step: description.StepAuthenticate}}, s[1:]...)
	with(t, cfg, func(t *testing.T, r *rig) {
		programming(t, r)
		r.says("31 01 FF 00 80 00 00 10 00", "authenticationRequired")
		r.says("34 00 32 80 00 00 00 04", "authenticationRequired")
		r.updates(files(t, "2.0"))
	})
}
