package backend

import (
	"context"
	"net/http"
	"time"
)

// faults are what the server does wrong at present, besides what the repositories do; nothing, if zero.
type faults struct {
	contents map[fetchedKey][]byte // that are served in place of the true ones
	endless  map[fetchedKey]bool
	status   int // of the answers to the next failures requests
	failures int // negative for all to come
	delay    time.Duration
}

// disturbed delays answers and fails as the faults want it.
func (b *Backend) disturbed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		delay, status := b.disturb()
		if !pause(r.Context(), delay) {
			return
		}
		if status != 0 {
			http.Error(w, http.StatusText(status), status)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// disturb says what happens to the next request: how long it waits, and the status it gets, or 0.
func (b *Backend) disturb() (delay time.Duration, status int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.faults.failures != 0 {
		status = b.faults.status
	}
	if b.faults.failures > 0 {
		b.faults.failures--
	}
	return b.faults.delay, status
}

// pause waits, and says whether somebody still wants the answer.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
