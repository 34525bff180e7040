package auth_test

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/uds"
	"otabench/ecu/uds/auth"
)

// now is the time at which all certificates are valid, which end a day later.
var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// issued is a certificate with its key.
type issued struct {
	der  []byte
	cert *x509.Certificate
	key  crypto.Signer
}

// issue makes a certificate that by, or itself if that is nil, has signed.
func issue(t *testing.T, name string, key crypto.Signer, by *issued, change func(*x509.Certificate)) issued {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
	}
	if change != nil {
		change(template)
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return issued{der, cert, key}
}

func authority(c *x509.Certificate) {
	c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
}

func usage(u x509.ExtKeyUsage) func(*x509.Certificate) {
	return func(c *x509.Certificate) {
		c.KeyUsage, c.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{u}
	}
}

func p256(t *testing.T) crypto.Signer { return ec(t, elliptic.P256()) }

func ec(t *testing.T, curve elliptic.Curve) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func edwards(t *testing.T) crypto.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func rsa2048(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// world is a maker with a root, an authority below it, an ECU and a tester.
type world struct {
	root, between issued
	server        *ecu
	tester        auth.Options
	client        *uds.Client
}

func newWorld(t *testing.T, serverKey, testerKey crypto.Signer) *world {
	t.Helper()
	w := &world{}
	w.root = issue(t, "root", p256(t), nil, authority)
	w.between = issue(t, "between", p256(t), &w.root, authority)
	roots := x509.NewCertPool()
	roots.AddCert(w.root.cert)
	tester := issue(t, "tester", testerKey, &w.between, usage(x509.ExtKeyUsageClientAuth))
	w.server = &ecu{testers: roots, time: now, inbox: make(chan isotp.Message, 1)}
	w.serve(issue(t, "ecu", serverKey, &w.between, usage(x509.ExtKeyUsageServerAuth)))
	w.tester = auth.Options{Certificates: [][]byte{tester.der, w.between.der}, Key: testerKey, Roots: roots, Time: now}
	w.client = uds.New(w.server, uds.Options{Name: "bcm"})
	return w
}

// serve gives the ECU a certificate.
func (w *world) serve(own issued) {
	w.server.chain, w.server.key = [][]byte{own.der, w.between.der}, own.key
}

func TestEveryKindOfKey(t *testing.T) {
	for _, tt := range []struct {
		name           string
		server, tester func(*testing.T) crypto.Signer
		curve          ecdh.Curve
	}{
		{"ECDSA", p256, p256, nil},
		{"Ed25519, with P-256 for session keys", edwards, edwards, ecdh.P256()},
		{"RSA-PSS", rsa2048, rsa2048, nil},
		{"ECDSA and Ed25519, with X25519 for session keys", p256, edwards, ecdh.X25519()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, tt.server(t), tt.tester(t))
			w.tester.Curve, w.server.curve = tt.curve, tt.curve
			both, err := auth.Bidirectional(t.Context(), w.client, w.tester)
			if err != nil {
				t.Fatal(err)
			}
			if both.Server.Subject.CommonName != "ecu" || string(both.SessionKeyInfo) != "info" ||
				!bytes.Equal(both.Secret, w.server.secret) || (both.Secret == nil) != (tt.curve == nil) {
				t.Errorf("%+v, the server's secret is %x", both, w.server.secret)
			}
			one, err := auth.Unidirectional(t.Context(), w.client, w.tester)
			if err != nil || one.Server != nil || !bytes.Equal(one.Secret, w.server.secret) {
				t.Errorf("%+v, %v", one, err)
			}
		})
	}
}

// A server that is not authentic does not learn the tester's proof.
func TestServersThatAreNotAuthentic(t *testing.T) {
	w := newWorld(t, p256(t), p256(t))
	reissue := func(by *issued, key crypto.Signer, change func(*x509.Certificate)) func() {
		return func() { w.serve(issue(t, "ecu", key, by, change)) }
	}
	stranger := issue(t, "stranger", p256(t), nil, authority)
	good := usage(x509.ExtKeyUsageServerAuth)
	for _, tt := range []struct {
		name   string
		change func()
		says   string
	}{
		{"another root", reissue(&stranger, p256(t), good), "unknown authority"},
		{"signed by itself", reissue(nil, p256(t), good), "unknown authority"},
		{"expired", reissue(&w.between, p256(t), func(c *x509.Certificate) { good(c); c.NotAfter = now.Add(-time.Minute) }), "expired"},
		{"not yet valid", reissue(&w.between, p256(t), func(c *x509.Certificate) { good(c); c.NotBefore = now.Add(time.Minute) }), "not yet valid"},
		{"a tester's certificate", reissue(&w.between, p256(t), usage(x509.ExtKeyUsageClientAuth)), "key usage"},
		{"not for signatures", reissue(&w.between, p256(t), func(c *x509.Certificate) { good(c); c.KeyUsage = x509.KeyUsageKeyAgreement }), "not for signatures"},
		{"no authority between", func() { w.server.chain = w.server.chain[:1] }, "unknown authority"},
		{"no certificate", func() { w.server.chain = nil }, "no certificate"},
		{"no X.509", func() { w.server.chain = [][]byte{{0x7F, 0x21}} }, "its certificate"},
		{"the key of somebody else", func() { w.server.key = p256(t) }, "proof of ownership"},
		{"a key on another curve", reissue(&w.between, ec(t, elliptic.P384()), good), "P-384"},
		{"not the ECU that is meant", func() {
			w.tester.Server = func(c *x509.Certificate) error { return fmt.Errorf("%v is another ECU", c.Subject) }
		}, "another ECU"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w.tester.Server, w.server.sent = nil, nil
			w.serve(issue(t, "ecu", p256(t), &w.between, good))
			tt.change()
			_, err := auth.Bidirectional(t.Context(), w.client, w.tester)
			if !errors.Is(err, auth.ErrServer) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got error %v", err)
			}
			if len(w.server.sent) != 1 {
				t.Errorf("%d requests were sent", len(w.server.sent))
			}
		})
	}
}

func TestACertificateWithoutUsagesIsForAll(t *testing.T) {
	w := newWorld(t, p256(t), p256(t))
	w.serve(issue(t, "ecu", p256(t), &w.between, nil))
	if _, err := auth.Bidirectional(t.Context(), w.client, w.tester); err != nil {
		t.Error(err)
	}
	w.serve(issue(t, "ecu", p256(t), &w.between, usage(x509.ExtKeyUsageCodeSigning)))
	w.tester.Usages = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning}
	if _, err := auth.Bidirectional(t.Context(), w.client, w.tester); err != nil {
		t.Error(err)
	}
}

func TestTestersThatAreRefused(t *testing.T) {
	w := newWorld(t, p256(t), p256(t))
	other := issue(t, "tester", p256(t), nil, usage(x509.ExtKeyUsageClientAuth))
	wrong := w.tester
	wrong.Certificates, wrong.Key = [][]byte{other.der}, other.key
	for name, f := range map[string]func() error{
		"one way":   func() error { _, err := auth.Unidirectional(t.Context(), w.client, wrong); return err },
		"both ways": func() error { _, err := auth.Bidirectional(t.Context(), w.client, wrong); return err },
	} {
		if err := f(); !errors.Is(err, uds.CertificateInvalidChainOfTrust) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.tester.Token = func(challenge, _ []byte) []byte { return challenge[1:] }
	if _, err := auth.Unidirectional(t.Context(), w.client, w.tester); !errors.Is(err, uds.OwnershipVerificationFailed) {
		t.Errorf("another token: %v", err)
	}
}

func TestServersThatDoNotComplete(t *testing.T) {
	for name, tt := range map[string]struct {
		tamper func([]byte) []byte
		curve  ecdh.Curve
		want   error
	}{
		"certificate not enough": {func(b []byte) []byte { return append([]byte{0x69, 1, 0x13}, b[3:]...) }, nil, auth.ErrIncomplete},
		"empty challenge":        {func([]byte) []byte { return []byte{0x69, 1, 0x11, 0, 0, 0, 0} }, nil, auth.ErrIncomplete},
		"ownership in vain": {func(b []byte) []byte {
			if b[1] == 3 {
				b[2] = 0
			}
			return b
		}, nil, auth.ErrIncomplete},
		"no ephemeral key":    {nil, ecdh.P256(), nil},
		"bad ephemeral key":   {func(b []byte) []byte { return slices.Concat(b[:len(b)-2], []byte{0, 1, 4}) }, ecdh.P256(), nil},
		"malformed":           {func(b []byte) []byte { return b[:4] }, nil, uds.ErrResponse},
		"of another task":     {func(b []byte) []byte { b[1] = 2; return b }, nil, uds.ErrResponse},
		"with something more": {func(b []byte) []byte { return append(b, 0) }, nil, uds.ErrResponse},
	} {
		w := newWorld(t, p256(t), p256(t))
		w.server.tamper, w.tester.Curve = tt.tamper, tt.curve
		result, err := auth.Unidirectional(t.Context(), w.client, w.tester)
		if err == nil || tt.want != nil && !errors.Is(err, tt.want) || result.SessionKeyInfo != nil {
			t.Errorf("%s: %+v, %v", name, result, err)
		}
	}
}

func TestMistakesAreFoundBeforeAnythingIsSent(t *testing.T) {
	w := newWorld(t, p256(t), p256(t))
	for name, change := range map[string]func(*auth.Options){
		"no certificate":   func(o *auth.Options) { o.Certificates = nil },
		"no key":           func(o *auth.Options) { o.Key = nil },
		"no X.509":         func(o *auth.Options) { o.Certificates = [][]byte{{1}} },
		"key of another":   func(o *auth.Options) { o.Key = p256(t) },
		"no roots":         func(o *auth.Options) { o.Roots = nil },
		"no random source": func(o *auth.Options) { o.Random = strings.NewReader("") },
	} {
		o := w.tester
		change(&o)
		if _, err := auth.Bidirectional(t.Context(), w.client, o); err == nil || len(w.server.sent) != 0 {
			t.Errorf("%s: %v, %d requests sent", name, err, len(w.server.sent))
		}
	}
	o := w.tester
	o.Key = nil
	if _, err := auth.Unidirectional(t.Context(), w.client, o); err == nil || len(w.server.sent) != 0 {
		t.Error(err)
	}
	o = w.tester
	key := ec(t, elliptic.P384())
	o.Key, o.Certificates = key, [][]byte{issue(t, "tester", key, &w.between, usage(x509.ExtKeyUsageClientAuth)).der, w.between.der}
	if _, err := auth.Unidirectional(t.Context(), w.client, o); err == nil || !strings.Contains(err.Error(), "P-384") {
		t.Errorf("a key that makes no proofs: %v", err)
	}
}
