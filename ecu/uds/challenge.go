package uds

import (
	"context"
	"encoding/asn1"
	"fmt"
)

// Algorithm names the algorithm of a proof of ownership: its object identifier in BER, padded with zeros
// (algorithmIndicator, 10.6).
type Algorithm [16]byte

// NewAlgorithm returns the indicator of an object identifier, such as 1.2.840.10045.4.3.2 for ECDSA with SHA-256.
func NewAlgorithm(oid asn1.ObjectIdentifier) (Algorithm, error) {
	var a Algorithm
	b, err := asn1.Marshal(oid)
	if err != nil || len(b) > len(a) {
		return a, fmt.Errorf("%w: object identifier %v in 16 bytes", ErrRequest, oid)
	}
	copy(a[:], b)
	return a, nil
}

// Challenge is what the client has to answer with its proof.
type Challenge struct {
	Return    AuthenticationReturn
	Challenge []byte
	Needed    []byte // which additional parameters the proof needs, the maker's; may be empty
}

// RequestChallenge begins authentication by challenge and response (10.6). configuration is communicationConfiguration.
func (c *Client) RequestChallenge(ctx context.Context, configuration byte, algorithm Algorithm) (Challenge, error) {
	return authenticate(ctx, c, func(r *reader) Challenge {
		ch := Challenge{Return: r.outcome()}
		r.want("algorithmIndicator", algorithm[:]...)
		ch.Challenge, ch.Needed = r.field(), r.field()
		return ch
	}, requestChallengeForAuthentication, []byte{configuration}, algorithm[:])
}

// Proof answers a Challenge.
type Proof struct {
	Algorithm  Algorithm
	Proof      []byte
	Challenge  []byte // for the server to prove itself; may be empty if only the client does
	Additional []byte // what the server needs; may be empty
}

// VerifyProofUnidirectional has the server verify the client's proof (10.6).
func (c *Client) VerifyProofUnidirectional(ctx context.Context, p Proof) (Ownership, error) {
	return c.verifyProof(ctx, verifyProofOfOwnershipUnidirectional, p)
}

// VerifyProofBidirectional does the same, and returns the server's proof, which is still to be verified (10.6).
func (c *Client) VerifyProofBidirectional(ctx context.Context, p Proof) (Ownership, error) {
	return c.verifyProof(ctx, verifyProofOfOwnershipBidirectional, p)
}

func (c *Client) verifyProof(ctx context.Context, task byte, p Proof) (Ownership, error) {
	if err := c.checkFields(p.Proof, p.Challenge, p.Additional); err != nil {
		return Ownership{}, err
	}
	return authenticate(ctx, c, func(r *reader) Ownership {
		o := Ownership{Return: r.outcome(), Algorithm: p.Algorithm}
		r.want("algorithmIndicator", p.Algorithm[:]...)
		if task == verifyProofOfOwnershipBidirectional {
			o.Proof = r.field()
		}
		o.SessionKeyInfo = r.field()
		return o
	}, task, p.Algorithm[:], field(p.Proof), field(p.Challenge), field(p.Additional))
}
