package server

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"

	"otabench/ecu/uds"
)

// verifyCertificate takes a tester's certificate (10.6, verifyCertificateUnidirectional and -Bidirectional) and answers
// with a challenge; in both directions also with the server's own certificate and its signature of the tester's challenge.
func (s *Server) verifyCertificate(req []byte) ([]byte, error) {
	if len(req) < configurationHeader {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	b := fields{rest: req[configurationHeader:]}
	certificate, challenge := b.field(), b.field()
	both := req[1] == verifyCertificateBothWays
	if b.wrong() || len(certificate) == 0 || both && len(challenge) == 0 {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	if req[2] != 0 {
		return nil, uds.RequestOutOfRange // communicationConfiguration of a maker
	}
	leaf, roles, err := s.trusted(certificate)
	if err != nil {
		return nil, err
	}
	var own []byte
	if both {
		if own, err = s.prove(challenge); err != nil {
			return nil, err
		}
	}
	answer := append(req[1:2:2], byte(uds.AuthOwnershipNecessary))
	answer = appendField(answer, s.challenged(dialogue{task: proofOfOwnership, key: leaf.PublicKey, roles: roles}))
	if both {
		answer = appendField(appendField(answer, s.cfg.Authentication.Identity.Certificate), own)
	}
	return appendField(answer, nil), nil // no ephemeral key
}

// prove signs a tester's challenge.
func (s *Server) prove(challenge []byte) ([]byte, error) {
	signature, err := sign(s.cfg.Authentication.Identity.Key, challenge)
	if err != nil {
		return nil, s.failed(err, uds.ChallengeCalculationFailed)
	}
	return signature, nil
}

// trusted reads a certificate, behind which there may be those between it and a root, and returns what it gives.
func (s *Server) trusted(der []byte) (*x509.Certificate, Roles, error) {
	a := s.cfg.Authentication
	chain, err := x509.ParseCertificates(der)
	if err != nil || len(chain) == 0 {
		return nil, 0, uds.CertificateInvalidFormat
	}
	options := x509.VerifyOptions{
		Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	}
	for _, root := range a.Roots {
		options.Roots.AddCert(root)
	}
	for _, between := range chain[1:] {
		options.Intermediates.AddCert(between)
	}
	if _, err := chain[0].Verify(options); err != nil {
		return nil, 0, a.distrust(chain, err)
	}
	roles, err := a.Roles(chain[0])
	if err != nil {
		return nil, 0, s.failed(err, uds.CertificateInvalidScope)
	}
	return chain[0], roles, nil
}

// distrust is the code for what is wrong with a certificate.
func (a *Authentication) distrust(chain []*x509.Certificate, err error) uds.NRC {
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return uds.CertificateInvalidTimePeriod
	case errors.As(err, &unknown) && a.forged(chain):
		return uds.CertificateInvalidSignature
	case errors.As(err, &unknown):
		return uds.CertificateInvalidChainOfTrust
	}
	return uds.CertificateInvalid
}

// forged says whether a certificate names an issuer that is there, which did not sign it.
func (a *Authentication) forged(chain []*x509.Certificate) bool {
	leaf := chain[0]
	return slices.ContainsFunc(slices.Concat(chain[1:], a.Roots), func(issuer *x509.Certificate) bool {
		return bytes.Equal(leaf.RawIssuer, issuer.RawSubject) &&
			issuer.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature) != nil
	})
}

// proveCertificate is proofOfOwnership: the signature of the challenge by the key of the certificate.
func (s *Server) proveCertificate(req []byte) ([]byte, error) {
	if s.dialogue.task != proofOfOwnership {
		return nil, uds.RequestSequenceError
	}
	b := fields{rest: req[authenticationHeader:]}
	proof, ephemeral := b.field(), b.field()
	if b.wrong() || len(proof) == 0 {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	if len(ephemeral) > 0 {
		return nil, uds.SessionKeyCreationDerivationFailed
	}
	if err := s.proven(proof); err != nil {
		return nil, err
	}
	return appendField(append(req[1:2:2], byte(uds.AuthComplete)), nil), nil // no session key
}

// proven checks a proof and gives the roles. Each challenge is good for one.
func (s *Server) proven(proof []byte) error {
	d := s.dialogue
	s.dialogue = dialogue{}
	if !verified(d.key, d.challenge, proof) {
		return uds.OwnershipVerificationFailed
	}
	s.roles = d.roles
	return nil
}
