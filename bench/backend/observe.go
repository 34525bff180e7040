package backend

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"otabench/ecu/ota/cloud"
)

// Kind is what an Event is about.
type Kind string

// Kinds of events.
const (
	Requested Kind = "request" // a request has been answered
	Reported  Kind = "report"  // a vehicle has reported
	Refused   Kind = "refused" // a connection, a vehicle or a user has been turned away
)

// Event is what the backend tells its observer.
type Event struct {
	At     time.Time
	Kind   Kind
	VIN    string        // of the vehicle, as its certificate says; empty if there is none
	Text   string        // for a reader; what a vehicle said in it is not to be trusted
	Report *cloud.Report // that came, with Reported
}

// Entry is what the audit log keeps: who did what, and whether it was allowed.
type Entry struct {
	At      time.Time
	VIN     string
	User    string // account; empty for the maker, who publishes and cancels
	Text    string
	Refused bool
}

const (
	auditEntries = 10000 // the newest that the audit log keeps
	textBytes    = 300   // of what comes from outside in one text
)

// Audit is the audit log, oldest entry first. It keeps the newest 10000 entries.
func (b *Backend) Audit() []Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.audit)
}

// enter puts an entry into the audit log. b.mu is held.
func (b *Backend) enter(e Entry) {
	e.At = time.Now()
	if len(b.audit) >= auditEntries {
		b.audit = slices.Delete(b.audit, 0, len(b.audit)-auditEntries+1)
	}
	b.audit = append(b.audit, e)
}

// tell passes an event on to the observer. b.mu is not held, so that the observer may ask the backend.
func (b *Backend) tell(e Event) {
	if b.observe == nil {
		return
	}
	e.At = time.Now()
	b.observe(e)
}

// clip makes what came from outside fit for a text: one line, printable and short.
func clip(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > textBytes {
		s = s[:textBytes] + "..."
	}
	quoted := fmt.Sprintf("%q", s)
	return quoted[1 : len(quoted)-1]
}
