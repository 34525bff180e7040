package backend

import (
	"cmp"
	"fmt"
	"net/http"
	"sync"
)

// DefaultHost is the host that a backend has a certificate for unless its options name another. The name belongs to
// nobody (RFC 2606), so vehicles that know it need to be led to the bench.
const DefaultHost = "updates.example"

// Options say how a backend is made.
type Options struct {
	// Host is where vehicles find the backend: a name or an IP address, with a port if it is not 443. Empty means
	// DefaultHost.
	Host string
	// AnyVehicle takes every certificate for a vehicle's, as an impostor does who wants to be spoken to.
	AnyVehicle bool
	// Observe is called for each Event, from the goroutine that serves the request. It must not block.
	Observe func(Event)
}

// Backend is an update backend. Its methods may be called at any time and from several goroutines.
type Backend struct {
	host      string
	observe   func(Event)
	any       bool // vehicle is spoken to
	authority *authority
	handler   http.Handler
	gate      gate

	// mu guards what follows. It is held for signing, never while something is sent or awaited.
	mu       sync.Mutex
	images   *repository
	vehicles map[string]*vehicle // by VIN
	tokens   map[[32]byte]holder // by the token's hash
	blobs    map[string][]byte   // contents of targets by their SHA-256 in hexadecimal
	fetched  map[fetchedKey][]ByteRange
	faults   faults
	audit    []Entry
}

// New makes a backend with new keys and an image repository that is empty. It fails only where keys cannot be made.
func New(o Options) (*Backend, error) {
	host := cmp.Or(o.Host, DefaultHost)
	ca, err := newAuthority()
	if err != nil {
		return nil, fmt.Errorf("make the certification authority of backend %s: %w", host, err)
	}
	images, err := newRepository()
	if err != nil {
		return nil, fmt.Errorf("make the image repository of backend %s: %w", host, err)
	}
	b := &Backend{
		host:      host,
		observe:   o.Observe,
		any:       o.AnyVehicle,
		authority: ca,
		images:    images,
		vehicles:  make(map[string]*vehicle),
		tokens:    make(map[[32]byte]holder),
		blobs:     make(map[string][]byte),
		fetched:   make(map[fetchedKey][]ByteRange),
	}
	b.handler = b.observed(b.disturbed(b.routes()))
	return b, nil
}

// Address is the base of all addresses of the backend, such as https://updates.example.
func (b *Backend) Address() string { return "https://" + b.host }

// vehicle finds a vehicle that has been provisioned. b.mu is held.
func (b *Backend) vehicle(vin string) (*vehicle, error) {
	v, ok := b.vehicles[vin]
	if !ok {
		return nil, fmt.Errorf("vehicle %q is unknown to backend %s: provision it first", vin, b.host)
	}
	return v, nil
}
