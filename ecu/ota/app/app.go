// Package app is the app of a vehicle's user: what the maker's backend tells it of the update, and the taps that go back
// through the backend, as HTTP and JSON. See [otabench/ecu/ota/cloud] for the interface.
//
//	d := app.Open(http.DefaultClient, "https://updates.example", "VIN", token)
//	defer d.Close()
package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

// Display is the app. It is an [ota.Display].
type Display struct {
	ota.Screen
	client  *http.Client
	address string
	token   func(user string) string
	cancel  context.CancelFunc
	done    chan struct{}
}

// maxAnswer bounds what the backend may answer, in bytes.
const maxAnswer = 1 << 20

// again is how long the app waits after an answer that it cannot use.
const again = time.Second

// Open follows the vehicle as viewer, until Close. token returns the bearer token of an account, "" for one that has none.
func Open(client *http.Client, address, vin, viewer string, token func(user string) string) *Display {
	ctx, cancel := context.WithCancel(context.Background())
	d := &Display{
		client: client, address: strings.TrimSuffix(address, "/") + "/app/v1/vehicles/" + url.PathEscape(vin),
		token: token, cancel: cancel, done: make(chan struct{}),
	}
	go d.follow(ctx, viewer)
	return d
}

func (d *Display) String() string { return "app" }

// follow shows each new view.
func (d *Display) follow(ctx context.Context, viewer string) {
	defer close(d.done)
	seen := cloud.Seen{}
	for ctx.Err() == nil {
		next := cloud.Seen{}
		err := d.exchange(ctx, http.MethodGet, fmt.Sprintf("/view?after=%d", seen.Seq), viewer, nil, &next)
		switch {
		case err != nil:
			select {
			case <-time.After(again):
			case <-ctx.Done():
			}
		case next.Seq > seen.Seq:
			seen = next
			d.Show(next.View)
		}
	}
}

// RefusedError is an answer of the backend other than success.
type RefusedError struct {
	Status int
	Text   string // what the backend said, at most 200 bytes; not to be trusted
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("the backend answers %d %s: %q", e.Status, http.StatusText(e.Status), e.Text)
}

// Act taps. A backend that refuses is a *RefusedError.
func (d *Display) Act(ctx context.Context, a ota.Action) error {
	if err := d.exchange(ctx, http.MethodPost, "/actions", a.User, a, nil); err != nil {
		return fmt.Errorf("app: %v: %w", a, err)
	}
	return nil
}

func (d *Display) exchange(ctx context.Context, method, path, user string, body, answer any) error {
	var send io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		send = bytes.NewReader(raw)
	}
	q, err := http.NewRequestWithContext(ctx, method, d.address+path, send)
	if err != nil {
		return err
	}
	q.Header.Set("Authorization", "Bearer "+d.token(user))
	if body != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	r, err := d.client.Do(q)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("%s %s: read the answer: %w", method, path, err)
	}
	if r.StatusCode/100 != 2 {
		return &RefusedError{r.StatusCode, string(raw[:min(len(raw), 200)])}
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(raw, answer); err != nil {
		return fmt.Errorf("%s %s: the backend's answer: %w", method, path, err)
	}
	return nil
}

// Close ends it.
func (d *Display) Close() error {
	d.cancel()
	<-d.done
	return nil
}
