package auth

import (
	"crypto/x509"
	"errors"
	"fmt"

	"otabench/ecu/uds"
)

// ErrServer: the server could not prove who it is, so the tester did not prove itself either.
var ErrServer = errors.New("the server is not authentic")

// server verifies who the server is, and that it owns the key of its certificate.
func (o Options) server(s uds.ServerChallenge, challenge []byte) (*x509.Certificate, error) {
	chain, err := x509.ParseCertificates(s.Certificate)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: its certificate: %w", ErrServer, err)
	case len(chain) == 0:
		return nil, fmt.Errorf("%w: it has no certificate", ErrServer)
	}
	own := chain[0]
	if err := o.trust(chain); err != nil {
		return nil, fmt.Errorf("%w: certificate of %v: %w", ErrServer, own.Subject, err)
	}
	if err := verify(own.PublicKey, o.Token(challenge, s.EphemeralKey), s.Proof); err != nil {
		return nil, fmt.Errorf("%w: proof of ownership of %v: %w", ErrServer, own.Subject, err)
	}
	return own, nil
}

// trust verifies a chain, of which the first certificate is the server's own.
func (o Options) trust(chain []*x509.Certificate) error {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	own := chain[0]
	_, err := own.Verify(x509.VerifyOptions{
		Roots: o.Roots, Intermediates: between, CurrentTime: o.Time, KeyUsages: o.Usages,
	})
	switch {
	case err != nil:
		return err
	case own.KeyUsage != 0 && own.KeyUsage&x509.KeyUsageDigitalSignature == 0:
		return errors.New("it is not for signatures")
	case o.Server != nil:
		return o.Server(own)
	}
	return nil
}
