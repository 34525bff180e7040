package security

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"otabench/ecu/description"
	"otabench/ecu/uds"
	"otabench/ecu/uds/auth"
)

// identity is what a tester authenticates itself with, and what it believes of an ECU.
type identity struct {
	options auth.Options
}

// Authenticate proves with a certificate who the tester is (service 0x29). With roots in the description it makes the ECU
// prove who it is first.
func (a *Access) Authenticate(ctx context.Context, client *uds.Client) error {
	if a.identity == nil {
		return fmt.Errorf("%s: the description has no authentication", a.name)
	}
	authenticate := auth.Unidirectional
	if a.identity.options.Roots != nil {
		authenticate = auth.Bidirectional
	}
	_, err := authenticate(ctx, client, a.identity.options)
	return err
}

// readIdentity reads certificates and key. Errors name where the key is and show nothing of it.
func readIdentity(d description.Authentication) (*identity, error) {
	certificates, err := Certificates(d.Certificate)
	if err != nil {
		return nil, err
	}
	key, err := readKey(d.Key)
	if err != nil {
		return nil, err
	}
	id := &identity{auth.Options{Key: key, Configuration: d.Configuration}}
	for _, c := range certificates {
		id.options.Certificates = append(id.options.Certificates, c.Raw)
	}
	if d.Roots == "" {
		return id, nil
	}
	roots, err := Certificates(d.Roots)
	if err != nil {
		return nil, err
	}
	id.options.Roots = x509.NewCertPool()
	for _, c := range roots {
		id.options.Roots.AddCert(c)
	}
	return id, nil
}

// maxCertificates bounds a file with certificates, in bytes.
const maxCertificates = 256 << 10

// Certificates reads a file of certificates in PEM, of which there is one at least.
func Certificates(path string) ([]*x509.Certificate, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxCertificates))
	if err != nil {
		return nil, err
	}
	var all []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: certificate %d: %w", path, len(all)+1, err)
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no certificate in PEM", path)
	}
	return all, nil
}

// errKey hides what is wrong with a key, which could be a part of it.
var errKey = errors.New("want a private key in PEM (PKCS #8, EC or RSA)")

func readKey(reference string) (crypto.Signer, error) {
	kind, rest, _ := strings.Cut(reference, ":")
	var text string
	switch {
	case kind == "env" && rest != "":
		if text = os.Getenv(rest); text == "" {
			return nil, fmt.Errorf("the key's environment variable %s is not set", rest)
		}
	case kind == "file" && rest != "":
		var err error
		if text, err = readSecret(rest); err != nil {
			return nil, fmt.Errorf("read the key: %w", err)
		}
	default:
		return nil, errors.New("the reference to the key is not env:NAME or file:PATH; a key itself has no place there")
	}
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, fmt.Errorf("%s: %w", reference, errKey)
	}
	key, err := parseKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", reference, err)
	}
	return key, nil
}

func parseKey(der []byte) (crypto.Signer, error) {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		if signer, ok := key.(crypto.Signer); ok {
			return signer, nil
		}
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	return nil, errKey
}
