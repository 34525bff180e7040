package timestamp_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"flag"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tsp "github.com/digitorus/timestamp"

	"otabench/reports/evidence/timestamp"
	"otabench/reports/evidence/timestamp/timestamptest"
	"otabench/reports/reportstest"
)

var update = flag.Bool("update", false, "have openssl write the golden reply anew")

var text = []byte("evidence")

func TestTheAuthoritysTimeStampHolds(t *testing.T) {
	a := timestamptest.New(t)
	request, err := timestamp.NewRequest(text)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := timestamp.Post(t.Context(), a.URL, request)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		for name, b := range map[string][]byte{"reply.tsr": reply, "ca.pem": read(t, a.CA)} {
			if err := os.WriteFile(filepath.Join("testdata", name), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	s, err := timestamp.Parse(reply)
	if err != nil {
		t.Fatal(err)
	}
	if d := time.Since(s.Time); d < -time.Minute || d > time.Minute || s.Authority != "CN=Test authority" || s.Accuracy != time.Second {
		t.Errorf("%v by %q, within %v", s.Time, s.Authority, s.Accuracy)
	}
	if !s.Over(text) || s.Over([]byte("evidencf")) {
		t.Error("over another text")
	}
	roots, err := timestamp.ReadRoots(a.CA)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Trust(roots); err != nil {
		t.Error(err)
	}
	others, err := timestamp.ReadRoots(timestamptest.New(t).CA)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Trust(others); err == nil || !strings.Contains(err.Error(), "certificate signed by unknown authority") {
		t.Errorf("trusted by another root: %v", err)
	}
	// Any tool reads it.
	dir := t.TempDir()
	for name, b := range map[string][]byte{"reply.tsr": reply, "text": text} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(reportstest.Tool(t, "openssl"), "ts", "-verify", "-in", dir+"/reply.tsr", "-data", dir+"/text", "-CAfile", a.CA).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("Verification: OK")) {
		t.Errorf("openssl: %v: %s", err, out)
	}
}

// A certificate for something else makes no time-stamps.
func TestOtherCertificatesMakeNoTimeStamps(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Truncate(time.Second)
	for name, tt := range map[string]struct {
		use  x509.ExtKeyUsage
		from time.Time
		want string // nothing, for one that holds
	}{
		"time-stamps": {x509.ExtKeyUsageTimeStamping, now.Add(-time.Hour), ""},
		"servers":     {x509.ExtKeyUsageServerAuth, now.Add(-time.Hour), "incompatible key usage"},
		"tomorrow":    {x509.ExtKeyUsageTimeStamping, now.Add(time.Hour), "outside of certificate validity"},
	} {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: tt.from, NotAfter: now.Add(2 * time.Hour),
			ExtKeyUsage: []x509.ExtKeyUsage{tt.use}, BasicConstraintsValid: true, IsCA: true,
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
		if err != nil {
			t.Fatal(err)
		}
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		made := tsp.Timestamp{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Time: now, Policy: asn1.ObjectIdentifier{1, 2, 3}, AddTSACertificate: true}
		reply, err := made.CreateResponseWithOpts(certificate, private, crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AddCert(certificate)
		s, err := timestamp.Parse(reply)
		if err == nil {
			err = s.Trust(roots)
		}
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// No byte of a reply can be altered, whether the authority signed it or not.
func TestEachAlteredByteShows(t *testing.T) {
	reply := read(t, "testdata/reply.tsr")
	roots, err := timestamp.ReadRoots("testdata/ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	holds := func(reply []byte) bool {
		s, err := timestamp.Parse(reply)
		return err == nil && s.Over(text) && s.Trust(roots) == nil
	}
	if !holds(reply) {
		t.Fatal("the reply does not hold")
	}
	for i := range reply {
		for bit := range 8 {
			other := bytes.Clone(reply)
			if other[i] ^= 1 << bit; holds(other) {
				t.Errorf("bit %d of byte %d of %d: %02x", bit, i, len(reply), reply[max(0, i-8):min(len(reply), i+8)])
			}
		}
	}
	if holds(append(bytes.Clone(reply), 0)) || holds(reply[:len(reply)-1]) {
		t.Error("longer or shorter")
	}
}

func TestAuthoritiesThatDoNotAnswer(t *testing.T) {
	request, err := timestamp.NewRequest(text)
	if err != nil {
		t.Fatal(err)
	}
	old := read(t, "testdata/reply.tsr")
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"error":         {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "busy", http.StatusServiceUnavailable) }, "it answers 503"},
		"no reply":      {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, "no reply with a time-stamp"},
		"nothing":       {func(http.ResponseWriter, *http.Request) {}, "no reply with a time-stamp"},
		"an older one":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(old) }, "the authority answers another request"},
		"a refusal":     {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{0x30, 5, 0x30, 3, 2, 1, 2}) }, "no reply with a time-stamp"},
		"without end":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 2<<20)) }, "want at most 1048576"},
		"with warnings": {func(w http.ResponseWriter, _ *http.Request) { b := bytes.Clone(old); b[8] = 1; _, _ = w.Write(b) }, "read the time-stamp"},
	} {
		s := httptest.NewServer(tt.answer)
		if _, err := timestamp.Post(t.Context(), s.URL, request); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
		s.Close()
		if _, err := timestamp.Post(t.Context(), s.URL, request); err == nil || !strings.Contains(err.Error(), "ask for a time-stamp") {
			t.Errorf("%s: nobody there: %v", name, err)
		}
	}
}

func TestRequestsDiffer(t *testing.T) {
	a, err := timestamp.NewRequest(text)
	if err != nil {
		t.Fatal(err)
	}
	b, err := timestamp.NewRequest(text)
	if err != nil || bytes.Equal(a, b) {
		t.Errorf("%x, %v", b, err)
	}
}

func TestRootsAreCertificates(t *testing.T) {
	for _, path := range []string{"testdata/reply.tsr", "missing.pem"} {
		if _, err := timestamp.ReadRoots(path); err == nil {
			t.Errorf("%s has a certificate", path)
		}
	}
}

func FuzzParse(f *testing.F) {
	reply, err := os.ReadFile("testdata/reply.tsr")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(reply)
	f.Add([]byte{0x30, 3, 2, 1, 0})
	roots, err := timestamp.ReadRoots("testdata/ca.pem")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, reply []byte) {
		s, err := timestamp.Parse(reply)
		if err == nil && s.Trust(roots) == nil && !s.Over(text) {
			t.Error("the authority signed another text")
		}
	})
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func Example() {
	reply, err := os.ReadFile("testdata/reply.tsr")
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := timestamp.Parse(reply)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Authority, s.Over([]byte("evidence")), s.Over([]byte("other evidence")))
	// Output: CN=Test authority true false
}
