package auth

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Options say who the tester is and whom it believes.
type Options struct {
	// Certificates are the tester's own one in DER, and those between it and a root that the server knows.
	Certificates [][]byte
	// Key is that of the first certificate.
	Key crypto.Signer
	// Configuration is communicationConfiguration, the maker's: how the server is to go on afterwards.
	Configuration byte

	// Roots are the authorities that server certificates have to lead to. Bidirectional needs them.
	Roots *x509.CertPool
	// Time at which the server's certificates have to be valid; zero is now.
	Time time.Time
	// Usages are those of which the server's certificate has to allow one; serverAuth if there are none.
	Usages []x509.ExtKeyUsage
	// Server, if not nil, checks further what a verified certificate says, such as whose it is.
	Server func(*x509.Certificate) error

	// Curve is that on which session keys are agreed; nil for none.
	Curve ecdh.Curve
	// Token returns what is signed, instead of what the package says.
	Token func(challenge, ephemeralKey []byte) []byte
	// Random is the source of challenges and keys; nil is crypto/rand.
	Random io.Reader
}

// challengeLength is how many random bytes a challenge has.
const challengeLength = 32

func (o Options) withDefaults() Options {
	if len(o.Usages) == 0 {
		o.Usages = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	if o.Token == nil {
		o.Token = func(challenge, ephemeralKey []byte) []byte { return slices.Concat(challenge, ephemeralKey) }
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	return o
}

// check finds mistakes before anything is sent.
func (o Options) check() error {
	if len(o.Certificates) == 0 || o.Key == nil {
		return errors.New("the tester has no certificate or no key")
	}
	own, err := x509.ParseCertificate(o.Certificates[0])
	if err != nil {
		return fmt.Errorf("the tester's certificate: %w", err)
	}
	public, ok := o.Key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(own.PublicKey) {
		return fmt.Errorf("the key is not that of the tester's certificate (%v)", own.Subject)
	}
	return nil
}

func (o Options) chain() []byte { return bytes.Join(o.Certificates, nil) }

func (o Options) challenge() ([]byte, error) {
	b := make([]byte, challengeLength)
	if _, err := io.ReadFull(o.Random, b); err != nil {
		return nil, fmt.Errorf("make a challenge: %w", err)
	}
	return b, nil
}
