package statement

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"otabench/reports/evidence/key"
)

const (
	// PayloadType is that of in-toto statements.
	PayloadType = "application/vnd.in-toto+json"
	// MaxEnvelope bounds an envelope in bytes; one of 10,000 specs has about a third of that.
	MaxEnvelope = 64 << 20
	// maxSignatures bounds how many people sign a statement.
	maxSignatures = 32
)

// ErrForm says that an envelope is not written as otabench writes it.
var ErrForm = errors.New("the envelope is not in its only form")

// Envelope is a payload with the signatures over it.
type Envelope struct {
	dsse    dsse.Envelope
	payload []byte
}

// Seal signs a payload.
func Seal(payload []byte, k *key.Key) (*Envelope, error) {
	signer, err := dsse.NewEnvelopeSigner(k)
	if err != nil {
		return nil, err
	}
	e, err := signer.SignPayload(context.Background(), PayloadType, payload)
	if err != nil {
		return nil, fmt.Errorf("sign with the key %v: %w", k, err)
	}
	return &Envelope{*e, payload}, nil
}

// Open reads an envelope. Its signatures are not checked yet. With ErrForm, the envelope is what can be read of it.
func Open(text []byte) (*Envelope, error) {
	if len(text) > MaxEnvelope {
		return nil, fmt.Errorf("the envelope has %d bytes, want at most %d", len(text), MaxEnvelope)
	}
	e := &Envelope{}
	if err := json.Unmarshal(text, &e.dsse); err != nil {
		return nil, fmt.Errorf("no DSSE envelope: %w", err)
	}
	if e.dsse.PayloadType != PayloadType {
		return nil, fmt.Errorf("the envelope holds %.80q, want %q", e.dsse.PayloadType, PayloadType)
	}
	if n := len(e.dsse.Signatures); n < 1 || n > maxSignatures {
		return nil, fmt.Errorf("the envelope has %d signatures, want 1 to %d", n, maxSignatures)
	}
	var err error
	if e.payload, err = e.dsse.DecodeB64Payload(); err != nil {
		return nil, fmt.Errorf("the payload of the envelope: %w", err)
	}
	again, err := e.Bytes()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, text) {
		return e, fmt.Errorf("%w: it differs from byte %d on", ErrForm, difference(again, text))
	}
	return e, nil
}

// difference is the place of the first byte in which texts differ.
func difference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// Count is the number of signatures.
func (e *Envelope) Count() int { return len(e.dsse.Signatures) }

// Bytes is the envelope as its file has it.
func (e *Envelope) Bytes() ([]byte, error) { return e.first(e.Count()) }

// First is the envelope as it was when it had only its first n signatures.
func (e *Envelope) First(n int) ([]byte, error) {
	if n < 1 || n > len(e.dsse.Signatures) {
		return nil, fmt.Errorf("the envelope has %d signatures, not %d", len(e.dsse.Signatures), n)
	}
	return e.first(n)
}

func (e *Envelope) first(n int) ([]byte, error) {
	d := e.dsse
	d.Payload = base64.StdEncoding.EncodeToString(e.payload)
	d.Signatures = d.Signatures[:n]
	text, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("write the envelope: %w", err)
	}
	if len(text) >= MaxEnvelope {
		return nil, fmt.Errorf("write the envelope: it has %d bytes, want at most %d", len(text), MaxEnvelope)
	}
	return append(text, '\n'), nil
}

// Payload is what was signed.
func (e *Envelope) Payload() []byte { return e.payload }

// Digest is the SHA-256 of the payload, hexadecimal, by which the next run names this one.
func (e *Envelope) Digest() string {
	sum := sha256.Sum256(e.payload)
	return hex.EncodeToString(sum[:])
}

// Signature is one of an envelope.
type Signature struct {
	Key  key.Public // the key that it names
	Fail error      // why it is not that key's signature over the payload; nil if it is
}

// Signatures checks all signatures, in their order.
func (e *Envelope) Signatures() []Signature {
	signed := dsse.PAE(e.dsse.PayloadType, e.payload)
	seen := map[string]bool{}
	all := make([]Signature, len(e.dsse.Signatures))
	for i, s := range e.dsse.Signatures {
		all[i] = check(s, signed)
		if id := all[i].Key.ID(); all[i].Fail == nil && seen[id] {
			all[i].Fail = fmt.Errorf("the key %s has signed already", id)
		}
		seen[all[i].Key.ID()] = true
	}
	return all
}

func check(s dsse.Signature, signed []byte) Signature {
	public, err := key.ParseID(s.KeyID)
	if err != nil {
		return Signature{Fail: err}
	}
	sig, err := base64.StdEncoding.Strict().DecodeString(s.Sig)
	switch {
	case err != nil:
		err = fmt.Errorf("the signature is not in base64: %w", err)
	case base64.StdEncoding.EncodeToString(sig) != s.Sig: // which may hold line feeds
		err = fmt.Errorf("the signature is not in its only form")
	case !public.Verify(signed, sig):
		err = fmt.Errorf("the signature is not that of the key %s over this payload", s.KeyID)
	}
	return Signature{public, err}
}

// Sign adds a signature over the same payload. A key that has signed already adds none.
func (e *Envelope) Sign(k *key.Key) error {
	id := k.Public().ID()
	for _, s := range e.dsse.Signatures {
		if s.KeyID == id {
			return nil
		}
	}
	if len(e.dsse.Signatures) == maxSignatures {
		return fmt.Errorf("the envelope has %d signatures, and may not have more", maxSignatures)
	}
	more, err := Seal(e.payload, k)
	if err != nil {
		return err
	}
	e.dsse.Signatures = append(e.dsse.Signatures, more.dsse.Signatures...)
	return nil
}
