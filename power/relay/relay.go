package relay

import (
	"fmt"
	"sync"

	"periph.io/x/conn/v3/gpio"

	"otabench/power"
)

// Options say how a relay is wired.
type Options struct {
	// ActiveLow is set if a low line makes the contact, as on most relay boards with optocouplers.
	ActiveLow bool
}

func (o Options) String() string {
	if o.ActiveLow {
		return "active low"
	}
	return "active high"
}

// level is what the line carries for a made or broken contact.
func (o Options) level(made bool) gpio.Level { return gpio.Level(made != o.ActiveLow) }

// Relay is a contact driven by a GPIO line. Its methods may be called from several goroutines.
type Relay struct {
	name string
	pin  gpio.PinOut
	opts Options

	mu   sync.Mutex
	made bool
}

var _ power.Switch = (*Relay)(nil)

// New takes a line as an output and opens the contact.
//
// periph first makes a Linux line an output and then sets its level. In between, for some microseconds, the line is low.
// With an active high line that is the open contact. With ActiveLow it can make the contact for that moment if the relay or
// switch is fast enough, so prefer active high for high-side switches. The line is never read back: reading a periph
// line of Linux turns the output into an input, and the contact would fall open.
func New(name string, pin gpio.PinOut, opts Options) (*Relay, error) {
	r := &Relay{name: name, pin: pin, opts: opts}
	if err := r.Break(); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *Relay) String() string { return fmt.Sprintf("%s on %v, %v", r.name, r.pin, r.opts) }

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
	if err := r.pin.Out(r.opts.level(made)); err != nil {
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
