package sim

import (
	"sync"

	"otabench/power"
)

// Contact is a simulated relay contact or high-side switch. It is at rest when made and implements power.Switch; on a bench
// it is rather driven through a [Pin]. It acts at once: whoever reads a voltage after Break returns finds it falling.
type Contact struct {
	name           string
	normallyClosed bool

	mu     sync.Mutex
	driven bool
	welded bool
	welds  bool // when it closes
	moved  []func()
}

var _ power.Switch = (*Contact)(nil)

// NewContact returns an open contact.
func NewContact(name string) *Contact { return &Contact{name: name} }

// NewNormallyClosed returns a contact that is closed while its relay is not driven.
func NewNormallyClosed(name string) *Contact {
	return &Contact{name: name, normallyClosed: true, driven: true}
}

func (c *Contact) String() string { return c.name }

// Make closes the contact.
func (c *Contact) Make() error { c.drive(true); return nil }

// Break opens the contact, unless it is welded.
func (c *Contact) Break() error { c.drive(false); return nil }

// Made reports the state that was last commanded, which is not the true one if the contact is welded.
func (c *Contact) Made() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.driven
}

// Weld is a fault: a welded contact stays closed when it is told to break. false mends it, and it goes where it is told.
func (c *Contact) Weld(welded bool) {
	c.mu.Lock()
	c.welded = welded && (c.driven || c.welded)
	c.mu.Unlock()
	c.announce()
}

// WeldWhenMade is a fault: the contact welds when it closes the next time.
func (c *Contact) WeldWhenMade() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.welds = true
}

// Conducts reports the true state.
func (c *Contact) Conducts() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.driven || c.welded
}

// energise drives the contact's relay, or no longer.
func (c *Contact) energise(on bool) { c.drive(on != c.normallyClosed) }

func (c *Contact) drive(made bool) {
	c.mu.Lock()
	c.driven = made
	if made && c.welds {
		c.welded, c.welds = true, false
	}
	c.mu.Unlock()
	c.announce()
}

// announce tells the circuits to look at the contact. They do so under their own lock, so that the last look sees the
// last state whatever the order of two announcements.
func (c *Contact) announce() {
	c.mu.Lock()
	moved := c.moved
	c.mu.Unlock()
	for _, f := range moved {
		f()
	}
}

// OnMove calls f whenever the contact may have moved, and now. f must not move a contact.
func (c *Contact) OnMove(f func()) {
	c.mu.Lock()
	c.moved = append(c.moved[:len(c.moved):len(c.moved)], f)
	c.mu.Unlock()
	f()
}
