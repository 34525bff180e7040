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
	// NormallyClosed is set if the contact is closed while the relay is not driven.
	NormallyClosed bool
}

func (o Options) String() string {
	text := "active high"
	if o.ActiveLow {
		text = "active low"
	}
	if o.NormallyClosed {
		text += ", normally closed"
	}
	return text
}

// level is what the line carries for a made or broken contact.
func (o Options) level(made bool) gpio.Level {
	driven := made != o.NormallyClosed
	return gpio.Level(driven != o.ActiveLow)
}

// Relay is a contact driven by a GPIO line. Its methods may be called from several goroutines.
type Relay struct {
	name string
	pin  gpio.PinOut
	opts Options

	mu   sync.Mutex
	made bool
}

var _ power.Switch = (*Relay)(nil)

// New takes a line as an output and does not drive the relay: the contact is where it is without the bench, open unless it
// is normally closed.
//
// periph first makes a Linux line an output and then sets its level. In between, for some microseconds, the line is low.
// With an active high line that is a relay at rest. With ActiveLow it drives the relay for that moment, which a high-side
// switch is fast enough to follow, so prefer active high for those. The line is never read back: reading a periph
// line of Linux turns the output into an input, and the contact would fall open.
func New(name string, pin gpio.PinOut, opts Options) (*Relay, error) {
	r := &Relay{name: name, pin: pin, opts: opts}
	if err := r.drive(opts.NormallyClosed); err != nil {
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
