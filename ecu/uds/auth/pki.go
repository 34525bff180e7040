package auth

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"

	"otabench/ecu/uds"
)

// ErrIncomplete: the server did not refuse, but did not say either that authentication is complete.
var ErrIncomplete = errors.New("authentication is not complete")

// Result is what authentication brought.
type Result struct {
	// Server is the server's certificate, verified; nil if only the tester proved itself.
	Server *x509.Certificate
	// Secret is what both sides know after the key agreement; nil if there was none.
	Secret []byte
	// SessionKeyInfo is the server's, such as an encrypted session key or a proof that it knows the secret.
	SessionKeyInfo []byte
}

// Unidirectional proves the tester to the server (10.6, verifyCertificateUnidirectional and proofOfOwnership). A refusal
// is a *uds.NegativeResponse.
func Unidirectional(ctx context.Context, c *uds.Client, o Options) (Result, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return Result{}, fail(c, err)
	}
	mine := uds.ClientCertificate{Configuration: o.Configuration, Certificate: o.chain()}
	server, err := c.VerifyCertificateUnidirectional(ctx, mine)
	if err != nil {
		return Result{}, err
	}
	return o.prove(ctx, c, server, nil)
}

// Bidirectional proves the server to the tester and the tester to the server (10.6, verifyCertificateBidirectional and
// proofOfOwnership). A refusal is a *uds.NegativeResponse; a server that is not authentic is ErrServer.
func Bidirectional(ctx context.Context, c *uds.Client, o Options) (Result, error) {
	o = o.withDefaults()
	err := o.check()
	if err == nil && o.Roots == nil {
		err = errors.New("there are no roots to verify the server with")
	}
	if err != nil {
		return Result{}, fail(c, err)
	}
	challenge, err := o.challenge()
	if err != nil {
		return Result{}, fail(c, err)
	}
	server, err := c.VerifyCertificateBidirectional(ctx, uds.ClientCertificate{
		Configuration: o.Configuration, Certificate: o.chain(), Challenge: challenge,
	})
	if err != nil {
		return Result{}, err
	}
	certificate, err := o.server(server, challenge)
	if err != nil {
		return Result{}, fail(c, err)
	}
	return o.prove(ctx, c, server, certificate)
}

// prove answers the server's challenge.
func (o Options) prove(
	ctx context.Context, c *uds.Client, server uds.ServerChallenge, certificate *x509.Certificate,
) (Result, error) {
	switch {
	case server.Return != uds.AuthOwnershipNecessary:
		return Result{}, fail(c, fmt.Errorf("%w: certificate sent, server says %v", ErrIncomplete, server.Return))
	case len(server.Challenge) == 0:
		return Result{}, fail(c, fmt.Errorf("%w: the server's challenge is empty", ErrIncomplete))
	}
	keys, err := o.agree(server.EphemeralKey)
	if err != nil {
		return Result{}, fail(c, err)
	}
	proof, err := sign(o.Random, o.Key, o.Token(server.Challenge, keys.public()))
	if err != nil {
		return Result{}, fail(c, fmt.Errorf("sign the server's challenge: %w", err))
	}
	owned, err := c.ProofOfOwnership(ctx, proof, keys.public())
	switch {
	case err != nil:
		return Result{}, err
	case owned.Return != uds.AuthComplete:
		return Result{}, fail(c, fmt.Errorf("%w: ownership proved, server says %v", ErrIncomplete, owned.Return))
	}
	return Result{Server: certificate, Secret: keys.secret, SessionKeyInfo: owned.SessionKeyInfo}, nil
}

func fail(c *uds.Client, err error) error { return fmt.Errorf("%v: authentication: %w", c, err) }
