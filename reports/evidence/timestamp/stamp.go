package timestamp

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/digitorus/pkcs7"
	tsp "github.com/digitorus/timestamp"
)

// Stamp is a time-stamp whose signature fits its own certificate. Whether that is one to be trusted, Trust tells.
type Stamp struct {
	Time      time.Time
	Accuracy  time.Duration // 0 if the authority does not state it
	Authority string        // subject of its certificate
	token     *tsp.Timestamp
	signed    *pkcs7.PKCS7
}

// Parse reads the reply of an authority.
func Parse(reply []byte) (s *Stamp, err error) {
	if len(reply) > maxReply {
		return nil, fmt.Errorf("read the time-stamp: %d bytes, want at most %d", len(reply), maxReply)
	}
	if err := onlyForm(reply); err != nil {
		return nil, fmt.Errorf("read the time-stamp: %w", err)
	}
	// The library was not made for what a stranger writes.
	defer func() {
		if p := recover(); p != nil {
			s, err = nil, fmt.Errorf("read the time-stamp: its form is broken: %v", p)
		}
	}()
	token, err := tsp.ParseResponse(reply)
	if err != nil {
		return nil, fmt.Errorf("read the time-stamp: %w", err)
	}
	signed, err := pkcs7.Parse(token.RawToken)
	if err != nil {
		return nil, fmt.Errorf("read the time-stamp: %w", err)
	}
	by := signed.GetOnlySigner()
	var content asn1.ObjectIdentifier
	switch {
	case by == nil:
		return nil, errors.New("read the time-stamp: want one signature of an authority with its certificate in the reply")
	case signed.UnmarshalSignedAttribute(oidContentType, &content) != nil || !content.Equal(oidTSTInfo):
		return nil, errors.New("read the time-stamp: what the authority signed is none")
	}
	return &Stamp{token.Time, token.Accuracy, by.Subject.String(), token, signed}, nil
}

// Over says whether the time-stamp is over a text.
func (s *Stamp) Over(text []byte) bool {
	sum := sha256.Sum256(text)
	return s.token.HashAlgorithm == crypto.SHA256 && bytes.Equal(s.token.HashedMessage, sum[:])
}

// Trust sees that the authority's certificate was for time-stamps at that time, and goes back to one of the roots. Further
// certificates in the reply, which are not needed for that, are not looked at.
func (s *Stamp) Trust(roots *x509.CertPool) error {
	between := x509.NewCertPool()
	for _, c := range s.signed.Certificates {
		between.AddCert(c)
	}
	err := s.signed.VerifyWithOpts(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: s.Time, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	})
	if err != nil {
		return fmt.Errorf("the time-stamp of %.200q: %w", s.Authority, err)
	}
	return nil
}

// ReadRoots reads the certificates of authorities from a PEM file.
func ReadRoots(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the authority's certificate: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("read the authority's certificate: %s has none in PEM", path)
	}
	return roots, nil
}
