package app

import (
	"context"
	"fmt"
	"net/http"

	"otabench/ecu/ota"
)

// maxText bounds what an error keeps of the backend's words, in bytes.
const maxText = 200

// RefusedError is an answer of the backend other than success.
type RefusedError struct {
	Status int
	Text   string // what the backend said, at most 200 bytes; not to be trusted
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("the backend answers %d %s: %q", e.Status, http.StatusText(e.Status), e.Text)
}

// Act taps. A backend that refuses, such as with status 403 for a user who may not, is a *RefusedError. The time that the
// backend takes is bounded by ctx only.
func (d *Display) Act(ctx context.Context, a ota.Action) error {
	if err := d.backend.exchange(ctx, http.MethodPost, "/actions", a.User, a, nil); err != nil {
		return fmt.Errorf("app: %v: %w", a, err)
	}
	return nil
}
