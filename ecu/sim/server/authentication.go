package server

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"time"

	"otabench/ecu/uds"
)

// Authentication is Authentication (10.6): with certificates (APCE) if it has Roots, and by challenge and response with
// asymmetric keys (ACR) if it has Keys. The tester keeps its roles until it gives them up, until a session ends for want
// of requests, and in the default session until no request has come for Timeout.
type Authentication struct {
	Access Access
	// Method is what authenticationConfiguration tells.
	Method uds.AuthenticationReturn
	// Roots are the certificates that a tester's goes back to.
	Roots []*x509.Certificate
	// Roles says which roles a certificate gives; any error but a code is certificateVerificationFailed_InvalidScope.
	Roles func(*x509.Certificate) (Roles, error)
	// Keys are testers that prove themselves by challenge and response, by the algorithm that they ask for.
	Keys map[uds.Algorithm]TesterKey
	// Identity is how the server proves itself; without it authentication is unidirectional only.
	Identity *Identity
	// Transmit takes certificates of transmitCertificate; nil is a server that wants none.
	Transmit func(ctx context.Context, c Call, evaluation uint16, certificate []byte) error
	// Timeout is S3 if it is 0.
	Timeout time.Duration
}

// TesterKey is the public key of a tester, with the roles of whoever owns it.
type TesterKey struct {
	Key   crypto.PublicKey
	Roles Roles
}

// Identity is a certificate in DER and its private key.
type Identity struct {
	Certificate []byte
	Key         crypto.Signer
}

// Tasks of Authentication (10.6, table 72).
const (
	deAuthenticate              byte = 0x00
	verifyCertificate           byte = 0x01
	verifyCertificateBothWays   byte = 0x02
	proofOfOwnership            byte = 0x03
	transmitCertificate         byte = 0x04
	requestChallenge            byte = 0x05
	verifyProofOfOwnership      byte = 0x06
	verifyProofOfOwnershipBoth  byte = 0x07
	authenticationConfiguration byte = 0x08
)

// Lengths of parts of Authentication in bytes.
const (
	authenticationHeader = 2                        // service and task
	configurationHeader  = authenticationHeader + 1 // and communicationConfiguration
	challengeLength      = 32
	algorithmLength      = len(uds.Algorithm{})
)

// dialogue is an authentication under way: what the tester has to prove.
type dialogue struct {
	task      byte // 0 is none; the proof that is expected, of verifyProofOfOwnership either one
	challenge []byte
	key       crypto.PublicKey
	roles     Roles
	algorithm uds.Algorithm
}

func (s *Server) addAuthentication(t map[byte]service) {
	a := s.cfg.Authentication
	if a == nil {
		return
	}
	tasks := []byte{deAuthenticate, authenticationConfiguration}
	if a.Roots != nil {
		tasks = append(tasks, verifyCertificate, proofOfOwnership)
	}
	if a.Keys != nil {
		tasks = append(tasks, requestChallenge, verifyProofOfOwnership)
	}
	if a.Roots != nil && a.Identity != nil {
		tasks = append(tasks, verifyCertificateBothWays)
	}
	if a.Keys != nil && a.Identity != nil {
		tasks = append(tasks, verifyProofOfOwnershipBoth)
	}
	if a.Transmit != nil {
		tasks = append(tasks, transmitCertificate)
	}
	t[uds.SIDAuthentication] = service{access: a.Access, subs: sameFor(Access{}, tasks...), handle: s.authenticate}
}

func (s *Server) authenticate(ctx context.Context, c Call, req []byte) ([]byte, error) {
	switch req[1] {
	case verifyCertificate, verifyCertificateBothWays:
		return s.verifyCertificate(req)
	case proofOfOwnership:
		return s.proveCertificate(req)
	case transmitCertificate:
		return s.transmitted(ctx, c, req)
	case requestChallenge:
		return s.giveChallenge(req)
	case verifyProofOfOwnership, verifyProofOfOwnershipBoth:
		return s.proveKey(req)
	}
	return s.withoutProof(req)
}

// withoutProof gives up roles, or tells the method.
func (s *Server) withoutProof(req []byte) ([]byte, error) {
	if len(req) != authenticationHeader {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	if req[1] == authenticationConfiguration {
		return append(req[1:], byte(s.cfg.Authentication.Method)), nil
	}
	s.deauthenticate()
	return append(req[1:], byte(uds.AuthDeAuthenticated)), nil
}

// deauthenticate takes all roles away, and ends what would lead to some.
func (s *Server) deauthenticate() { s.roles, s.dialogue = 0, dialogue{} }

// challenged begins to expect a proof for a new challenge. Roles from before are gone (10.6.1).
func (s *Server) challenged(d dialogue) []byte {
	d.challenge = make([]byte, challengeLength)
	_, _ = rand.Read(d.challenge) // never fails
	s.roles, s.dialogue = 0, d
	return d.challenge
}

func (s *Server) transmitted(ctx context.Context, c Call, req []byte) ([]byte, error) {
	b := fields{rest: req[authenticationHeader:]}
	evaluation, certificate := b.take(2), b.field()
	if b.wrong() {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	if err := s.cfg.Authentication.Transmit(ctx, c, uint16(number(evaluation)), certificate); err != nil {
		return nil, s.failed(err, uds.CertificateInvalid)
	}
	return append(req[1:2:2], byte(uds.AuthCertificateVerified)), nil
}
