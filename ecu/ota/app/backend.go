package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// maxAnswer bounds what the backend may answer, in bytes.
const maxAnswer = 1 << 20

// backend is how the app reaches its backend.
type backend struct {
	client  *http.Client
	address string // of the vehicle
	token   func(user string) string
}

// exchange sends body as JSON, if it is not nil, and reads the answer into answer, if that is not nil.
func (b backend) exchange(ctx context.Context, method, path, user string, body, answer any) error {
	q, err := b.request(ctx, method, path, user, body)
	if err != nil {
		return err
	}
	r, err := b.client.Do(q)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxAnswer+1))
	switch {
	case err != nil:
		return fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	case r.StatusCode/100 != 2:
		return &RefusedError{r.StatusCode, string(raw[:min(len(raw), maxText)])}
	case len(raw) > maxAnswer:
		return fmt.Errorf("%s %s: the backend's answer is longer than %d bytes", method, path, maxAnswer)
	case answer == nil:
		return nil
	}
	if err := json.Unmarshal(raw, answer); err != nil {
		return fmt.Errorf("%s %s: the backend's answer: %w", method, path, err)
	}
	return nil
}

func (b backend) request(ctx context.Context, method, path, user string, body any) (*http.Request, error) {
	var send io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		send = bytes.NewReader(raw)
	}
	q, err := http.NewRequestWithContext(ctx, method, b.address+path, send)
	if err != nil {
		return nil, err
	}
	if token := b.token(user); token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	if body != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	return q, nil
}
