package uds

import (
	"context"
	"fmt"
)

// Tasks of Authentication (10.6).
const (
	deAuthenticate                       byte = 0x00
	verifyCertificateUnidirectional      byte = 0x01
	verifyCertificateBidirectional       byte = 0x02
	proofOfOwnership                     byte = 0x03
	transmitCertificate                  byte = 0x04
	requestChallengeForAuthentication    byte = 0x05
	verifyProofOfOwnershipUnidirectional byte = 0x06
	verifyProofOfOwnershipBidirectional  byte = 0x07
	authenticationConfiguration          byte = 0x08
)

// AuthenticationReturn is how far authentication got (authenticationReturnParameter, annex B.5).
type AuthenticationReturn byte

// Values of AuthenticationReturn.
const (
	AuthRequestAccepted      AuthenticationReturn = 0x00
	AuthGeneralReject        AuthenticationReturn = 0x01
	AuthConfigurationAPCE    AuthenticationReturn = 0x02 // the server wants certificates
	AuthConfigurationACRAsym AuthenticationReturn = 0x03 // challenge and response, asymmetric
	AuthConfigurationACRSym  AuthenticationReturn = 0x04 // challenge and response, symmetric
	AuthDeAuthenticated      AuthenticationReturn = 0x10
	AuthOwnershipNecessary   AuthenticationReturn = 0x11 // certificate verified, ownership verification necessary
	AuthComplete             AuthenticationReturn = 0x12 // ownership verified, authentication complete
	AuthCertificateVerified  AuthenticationReturn = 0x13
)

func (r AuthenticationReturn) String() string {
	name, ok := map[AuthenticationReturn]string{
		AuthRequestAccepted:      "requestAccepted",
		AuthGeneralReject:        "generalReject",
		AuthConfigurationAPCE:    "authenticationConfiguration APCE",
		AuthConfigurationACRAsym: "authenticationConfiguration ACR with asymmetric cryptography",
		AuthConfigurationACRSym:  "authenticationConfiguration ACR with symmetric cryptography",
		AuthDeAuthenticated:      "deAuthentication successful",
		AuthOwnershipNecessary:   "certificate verified, ownership verification necessary",
		AuthComplete:             "ownership verified, authentication complete",
		AuthCertificateVerified:  "certificate verified",
	}[r]
	if !ok {
		name = "reserved or maker-specific"
	}
	return fmt.Sprintf("%s (0x%02X)", name, byte(r))
}

// Deauthenticate gives up what authentication gave (10.6).
func (c *Client) Deauthenticate(ctx context.Context) (AuthenticationReturn, error) {
	return authenticate(ctx, c, (*reader).outcome, deAuthenticate)
}

// AuthenticationConfiguration asks which way of authentication the server wants (10.6).
func (c *Client) AuthenticationConfiguration(ctx context.Context) (AuthenticationReturn, error) {
	return authenticate(ctx, c, (*reader).outcome, authenticationConfiguration)
}

// ClientCertificate begins authentication with certificates.
type ClientCertificate struct {
	Configuration byte   // communicationConfiguration, the maker's: how to go on afterwards
	Certificate   []byte // in the format that the server knows
	Challenge     []byte // for the server to prove itself; may be empty if only the client does
}

// ServerChallenge is the server's answer to ClientCertificate.
type ServerChallenge struct {
	Return       AuthenticationReturn
	Challenge    []byte
	Certificate  []byte // if the server proves itself
	Proof        []byte // likewise: that it owns the certificate's key
	EphemeralKey []byte // for a key agreement; empty if there is none
}

// VerifyCertificateUnidirectional has the server verify the client's certificate, and returns its challenge (10.6).
func (c *Client) VerifyCertificateUnidirectional(ctx context.Context, a ClientCertificate) (ServerChallenge, error) {
	if err := c.checkFields(a.Certificate, a.Challenge); err != nil {
		return ServerChallenge{}, err
	}
	return authenticate(ctx, c, func(r *reader) ServerChallenge {
		return ServerChallenge{Return: r.outcome(), Challenge: r.field(), EphemeralKey: r.field()}
	}, verifyCertificateUnidirectional, []byte{a.Configuration}, field(a.Certificate), field(a.Challenge))
}

// VerifyCertificateBidirectional does the same, and the server sends its certificate and proof of ownership, which are
// still to be verified (10.6).
func (c *Client) VerifyCertificateBidirectional(ctx context.Context, a ClientCertificate) (ServerChallenge, error) {
	if err := c.checkFields(a.Certificate, a.Challenge); err != nil {
		return ServerChallenge{}, err
	}
	return authenticate(ctx, c, func(r *reader) ServerChallenge {
		return ServerChallenge{
			Return: r.outcome(), Challenge: r.field(), Certificate: r.field(), Proof: r.field(), EphemeralKey: r.field(),
		}
	}, verifyCertificateBidirectional, []byte{a.Configuration}, field(a.Certificate), field(a.Challenge))
}

// Ownership is the server's answer to a proof of ownership.
type Ownership struct {
	Return         AuthenticationReturn
	Algorithm      Algorithm // of challenge and response only
	Proof          []byte    // the server's own, if it proves itself by challenge and response
	SessionKeyInfo []byte    // session keys or what they are verified with, the maker's; may be empty
}

// ProofOfOwnership proves that the client owns the key of the certificate that the server has verified (10.6).
// ephemeralKey is for a key agreement; empty if there is none.
func (c *Client) ProofOfOwnership(ctx context.Context, proof, ephemeralKey []byte) (Ownership, error) {
	if err := c.checkFields(proof, ephemeralKey); err != nil {
		return Ownership{}, err
	}
	return authenticate(ctx, c, func(r *reader) Ownership {
		return Ownership{Return: r.outcome(), SessionKeyInfo: r.field()}
	}, proofOfOwnership, field(proof), field(ephemeralKey))
}

// TransmitCertificate hands a certificate over for a purpose that evaluation numbers, the maker's (10.6).
func (c *Client) TransmitCertificate(
	ctx context.Context, evaluation uint16, certificate []byte,
) (AuthenticationReturn, error) {
	if err := c.checkFields(certificate); err != nil {
		return 0, err
	}
	return authenticate(ctx, c, (*reader).outcome, transmitCertificate, word(evaluation), field(certificate))
}

func (r *reader) outcome() AuthenticationReturn { return AuthenticationReturn(r.byte()) }

// authenticate performs a task of Authentication.
func authenticate[T any](
	ctx context.Context, c *Client, read func(*reader) T, task byte, parameters ...[]byte,
) (T, error) {
	return parsed(ctx, c, join([]byte{SIDAuthentication, task}, join(parameters...)), []byte{task}, read)
}

// checkFields checks parameters, of which the first one must not be empty, for the lengths that requests can tell.
func (c *Client) checkFields(parameters ...[]byte) error {
	const longest = 0xFFFF
	for i, p := range parameters {
		if len(p) > longest || i == 0 && len(p) == 0 {
			return c.invalid(SIDAuthentication, "a parameter of %d bytes", len(p))
		}
	}
	return nil
}
