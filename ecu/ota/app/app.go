package app

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"otabench/ecu/ota"
)

// Display is the app. It is an [ota.Display].
type Display struct {
	ota.Screen
	backend backend
	cancel  context.CancelFunc
	done    chan struct{}
}

// Open follows the vehicle as viewer, until Close. client makes the connections; address is the backend's base address, such
// as https://updates.example. token returns the bearer token of an account, "" for one that has none; several goroutines may
// call it at once.
//
// A backend that cannot be reached, or whose answer is of no use, is asked again each second.
func Open(client *http.Client, address, vin, viewer string, token func(user string) string) *Display {
	ctx, cancel := context.WithCancel(context.Background())
	d := &Display{
		backend: backend{
			client: client, token: token,
			address: strings.TrimSuffix(address, "/") + "/app/v1/vehicles/" + url.PathEscape(vin),
		},
		cancel: cancel, done: make(chan struct{}),
	}
	go d.follow(ctx, viewer)
	return d
}

func (d *Display) String() string { return "app" }

// Close ends it, and the request that waits for news. Nothing is shown any more once it has returned; a function that watches
// must not call it.
func (d *Display) Close() error {
	d.cancel()
	<-d.done
	return nil
}
