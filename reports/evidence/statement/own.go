package statement

import (
	"encoding/json"
	"fmt"
	"time"

	"otabench/reports/evidence/claims"
	"otabench/reports/evidence/manifest"
)

// OwnType is the type of otabench's own predicate. A change of its layout is another type. The domain is nobody's (RFC 2606):
// the name says what is meant, and leads nowhere.
const OwnType = "https://otabench.invalid/attestation/run/v1"

// Own is otabench's own predicate.
type Own struct {
	Issued time.Time `json:"issued"`
	Signer Signer    `json:"signer"`
	// Previous is the SHA-256 of the payload of the statement on the run before this one; empty for the first of a chain.
	Previous     string          `json:"previous,omitempty"`
	DecisionRule string          `json:"decisionRule"` // by which the verdicts were derived, in words
	Manifest     []manifest.File `json:"manifest"`
	Claims       claims.Claims   `json:"claims"`
}

// Signer is who sealed the run. That this key signed shows that nothing was changed since; whose key it is, only a verifier
// can say who has it from elsewhere.
type Signer struct {
	KeyID     string `json:"keyid"`
	Name      string `json:"name,omitempty"` // that the signer gave himself
	PublicKey string `json:"publicKey"`      // PEM
	// OneOff says that the key was made for this run alone and its private half is gone: the origin is not proven.
	OneOff bool `json:"oneOff,omitempty"`
}

// Payload is the statement on paper. Its subjects are the files of the manifest, so that tools that know only in-toto can
// check any one of them.
func (o *Own) Payload() ([]byte, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("write the statement: %w", err)
	}
	return payload(OwnType, o.Manifest, text)
}

// Parse reads an own statement.
func Parse(text []byte) (*Own, error) {
	o := &Own{}
	if err := parse(text, OwnType, o); err != nil {
		return nil, err
	}
	return o, same(o.Payload, text)
}
