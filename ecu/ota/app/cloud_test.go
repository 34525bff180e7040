package app_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

const (
	vin  = "WBENCH00000000001"
	path = "/app/v1/vehicles/" + vin
)

// maker is a backend's side of the app: it keeps a request until there is news, and takes taps of those who may.
type maker struct {
	mu      sync.Mutex // guards the following
	seen    cloud.Seen
	changed chan struct{}
	asked   []int        // the number of each request for a view
	taps    []ota.Action // in the order of their coming
	odd     http.HandlerFunc
}

func newMaker() *maker { return &maker{changed: make(chan struct{})} }

// put is a view of the vehicle.
func (m *maker) put(v ota.View) { m.set(func() { m.seen.Seq++; m.seen.View = v }) }

// restart forgets everything, as a backend without a disk does.
func (m *maker) restart() { m.set(func() { m.seen = cloud.Seen{} }) }

// answer has f answer instead; nil is as usual.
func (m *maker) answer(f http.HandlerFunc) { m.set(func() { m.odd = f }) }

func (m *maker) set(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f()
	close(m.changed)
	m.changed = make(chan struct{})
}

func (m *maker) now() (seen cloud.Seen, changed <-chan struct{}, odd http.HandlerFunc) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.seen, m.changed, m.odd
}

func (m *maker) questions() []int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]int(nil), m.asked...)
}

func (m *maker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + r.URL.Path {
	case "GET " + path + "/view":
		m.view(w, r)
	case "POST " + path + "/actions":
		m.action(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (m *maker) view(w http.ResponseWriter, r *http.Request) {
	after, err := strconv.Atoi(r.URL.Query().Get("after"))
	if err != nil || r.Header.Get("Authorization") != "Bearer token of owner" {
		http.Error(w, "who?", http.StatusUnauthorized)
		return
	}
	m.mu.Lock()
	m.asked = append(m.asked, after)
	m.mu.Unlock()
	timeout := time.NewTimer(cloud.PollTime)
	defer timeout.Stop()
	for waiting := true; ; {
		seen, changed, odd := m.now()
		if odd != nil {
			odd(w, r)
			return
		}
		if seen.Seq > after || !waiting {
			_ = json.NewEncoder(w).Encode(seen)
			return
		}
		select {
		case <-changed:
		case <-timeout.C:
			waiting = false
		case <-r.Context().Done():
			return
		}
	}
}

func (m *maker) action(w http.ResponseWriter, r *http.Request) {
	var a ota.Action
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if r.Header.Get("Authorization") == "Bearer" {
		http.Error(w, "an empty token", http.StatusBadRequest)
		return
	}
	if r.Header.Get("Authorization") != "Bearer token of owner" {
		http.Error(w, "user "+a.User+" has no permission to update", http.StatusForbidden)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.taps = append(m.taps, a)
	w.WriteHeader(http.StatusAccepted)
}

// token has one for each account but the stranger.
func token(user string) string {
	if user == "stranger" {
		return ""
	}
	return "token of " + user
}
