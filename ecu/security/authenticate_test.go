package security_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otabench/ecu/description"
	"otabench/ecu/security"
)

// credentials writes a certificate and its key, and returns their paths.
func credentials(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "tester"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return writePEM(t, "CERTIFICATE", der), writePEM(t, "PRIVATE KEY", keyDER)
}

func writePEM(t *testing.T, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(certificate, key, roots string) error {
	_, err := security.Open("bcm", description.ECU{
		Security:       description.Security{Algorithm: description.AlgorithmNone},
		Authentication: &description.Authentication{Certificate: certificate, Key: key, Roots: roots},
	})
	return err
}

func TestCredentials(t *testing.T) {
	certificate, key := credentials(t)
	text, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("TEST_KEY", string(text))
	t.Setenv("TEST_NO_KEY", "-----BEGIN SECRET-----")
	broken := writePEM(t, "PRIVATE KEY", []byte("C0FFEE"))
	tests := []struct{ certificate, key, roots, want string }{
		{certificate, "file:" + key, certificate, ""},
		{certificate, "env:TEST_KEY", "", ""},
		{"none.pem", "file:" + key, "", "none.pem"},
		{key, "file:" + key, "", "has no certificate"},
		{certificate, "file:" + key, key, "has no certificate"},
		{certificate, "file:" + broken, "", "want a private key in PEM"},
		{certificate, "file:none.pem", "", "read the key"},
		{certificate, "env:TEST_MISSING", "", "TEST_MISSING is not set"},
		{certificate, "env:TEST_NO_KEY", "", "want a private key"},
		{certificate, key, "", "not env:NAME or file:PATH"},
	}
	for _, tt := range tests {
		err := open(tt.certificate, tt.key, tt.roots)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("key %s: %v, want %q", tt.key, err, tt.want)
		}
		if err != nil && (strings.Contains(err.Error(), "C0FFEE") || strings.Contains(err.Error(), "SECRET")) {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}

func TestFurtherAlgorithms(t *testing.T) {
	t.Setenv("TEST_SECRET", "2b7e151628aed2a6abf7158809cf4f3c")
	tests := []struct{ algorithm, seed, key string }{
		// RFC 4493, example 2; FIPS 197 by SP 800-38A, F.1.1.
		{description.AlgorithmCMACAES, "6bc1bee22e409f96e93d7e117393172a", "070a16b46b4d4144f79bdd9dd04a287c"},
		{description.AlgorithmAES, "6bc1bee22e409f96e93d7e117393172a", "3ad77bb40d7a3660a89ecaf32466ef97"},
	}
	for _, tt := range tests {
		k, err := security.New("bcm", description.Security{Level: 1, Algorithm: tt.algorithm, Secret: "env:TEST_SECRET"})
		if err != nil {
			t.Fatal(err)
		}
		if got := compute(t, k, tt.seed); got != tt.key {
			t.Errorf("%s of %s is %s, want %s", tt.algorithm, tt.seed, got, tt.key)
		}
	}
	if _, err := security.New("bcm", description.Security{Level: 1, Algorithm: description.AlgorithmAES, Secret: "example"}); err != nil {
		t.Errorf("the example secret: %v", err)
	}
	t.Setenv("TEST_SECRET", "00")
	if _, err := security.New("bcm", description.Security{Level: 1, Algorithm: description.AlgorithmAES, Secret: "env:TEST_SECRET"}); err == nil || !strings.Contains(err.Error(), "16 or 24 or 32") {
		t.Errorf("a short secret: %v", err)
	}
}

// The maker's program gets seed and secret, and what it answers is the key.
func TestProgramMakesKeys(t *testing.T) {
	t.Setenv("TEST_SECRET", "c0ffee")
	echo := []string{"sh", "-c", `sed 's/.*"level":\([0-9]*\),"seed":"\([0-9a-f]*\)","secret":"\([0-9a-f]*\)".*/{"key":"0\1\2\3"}/'`}
	s := description.Security{Level: 5, Algorithm: description.AlgorithmProgram, Program: echo, Secret: "env:TEST_SECRET"}
	k, err := security.New("bcm", s)
	if err != nil {
		t.Fatal(err)
	}
	if got := compute(t, k, "0102"); got != "050102c0ffee" {
		t.Errorf("key %s", got)
	}
	if text := k.String(); strings.Contains(text, "c0ffee") || !strings.Contains(text, "env:TEST_SECRET") {
		t.Errorf("the key is shown as %s", text)
	}
}

func compute(t *testing.T, k *security.Key, seed string) string {
	t.Helper()
	key, err := k.Compute(t.Context(), decode(t, seed))
	if err != nil {
		t.Fatal(err)
	}
	return encode(key)
}

func decode(t *testing.T, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func encode(b []byte) string { return hex.EncodeToString(b) }
