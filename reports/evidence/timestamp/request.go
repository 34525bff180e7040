package timestamp

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	_ "crypto/sha512" // by which an authority may sign
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"

	tsp "github.com/digitorus/timestamp"
)

const (
	maxReply = 1 << 20 // bytes
	patience = time.Minute
)

// NewRequest asks for a time-stamp over a text. No two requests are alike, so that nobody can answer with an older reply.
func NewRequest(text []byte) ([]byte, error) {
	nonce := make([]byte, 16)
	_, _ = rand.Read(nonce) // never fails
	sum := sha256.Sum256(text)
	r := tsp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Certificates: true, Nonce: new(big.Int).SetBytes(nonce)}
	request, err := r.Marshal()
	if err != nil {
		return nil, fmt.Errorf("write the request for a time-stamp: %w", err)
	}
	return request, nil
}

// Post sends a request to an authority and returns its reply, which answers this request and no other.
func Post(ctx context.Context, url string, request []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(request))
	if err != nil {
		return nil, fmt.Errorf("ask for a time-stamp: %w", err)
	}
	post.Header.Set("Content-Type", "application/timestamp-query")
	got, err := http.DefaultClient.Do(post)
	if err != nil {
		return nil, fmt.Errorf("ask for a time-stamp: %w", err)
	}
	defer got.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(got.Body, maxReply+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("ask %s for a time-stamp: %w", url, err)
	case got.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("ask %s for a time-stamp: it answers %.80s", url, got.Status)
	}
	return reply, answers(request, reply)
}

// answers sees that a reply has the nonce of a request.
func answers(request, reply []byte) error {
	r, err := tsp.ParseRequest(request)
	if err != nil {
		return fmt.Errorf("read the request for a time-stamp: %w", err)
	}
	s, err := Parse(reply)
	if err != nil {
		return err
	}
	if r.Nonce != nil && (s.token.Nonce == nil || s.token.Nonce.Cmp(r.Nonce) != 0) {
		return fmt.Errorf("the authority answers another request: nonce %v, want %v", s.token.Nonce, r.Nonce)
	}
	return nil
}
