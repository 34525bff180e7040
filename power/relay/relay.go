package relay

import (
	"fmt"
	"sync"

	"periph.io/x/conn/v3/gpio"

	"otabench/power"
)

// Polarity is the level that makes the contact.
type Polarity gpio.Level

// Polarities.
const (
	ActiveHigh = Polarity(gpio.High)
	ActiveLow  = Polarity(gpio.Low)
)

func (p Polarity) String() string {
	if p == ActiveHigh {
		return "active high"
	}
	return "active low"
}

// Relay is a contact driven by a GPIO line. Its methods may be called from several goroutines.
type Relay struct {
	name     string
	pin      gpio.PinOut
	polarity Polarity

	mu   sync.Mutex
	made bool
}

var _ power.Switch = (*Relay)(nil)

// New takes a line as an output and opens the contact.
//
// periph first makes a Linux line an output and then sets its level. In between, for some microseconds, the line is low.
// With ActiveHigh that is the open contact. With ActiveLow it can make the contact for that moment if the relay or
// switch is fast enough, so prefer active high for high-side switches. The line is never read back: reading a periph
// line of Linux turns the output into an input, and the contact would fall open.
func New(name string, pin gpio.PinOut, polarity Polarity) (*Relay, error) {
	r := &Relay{name: name, pin: pin, polarity: polarity}
	if err := r.Break(); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *Relay) String() string { return fmt.Sprintf("%s on %v, %v", r.name, r.pin, r.polarity) }

// Make closes the contact.
func (r *Relay) Make() error { return r.drive(true) }

// Break opens the contact.
func (r *Relay) Break() error { return r.drive(false) }

// Made reports the state that was last commanded; after an error it is the state that was asked for when that was to
// make, since the contact may have closed.
func (r *Relay) Made() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.made
}

func (r *Relay) drive(made bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.made = r.made || made
	if err := r.pin.Out(gpio.Level(r.polarity) == gpio.Level(made)); err != nil {
		return fmt.Errorf("drive %v to %s: %w: treat the contact as closed", r, action(made), err)
	}
	r.made = made
	return nil
}

func action(made bool) string {
	if made {
		return "make"
	}
	return "break"
}
