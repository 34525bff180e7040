package relay

import (
	"fmt"
	"io"
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
	pin  Output
	opts Options

	mu   sync.Mutex
	made bool
}

var _ power.Switch = (*Relay)(nil)

// New takes a line and does not drive the relay: the contact is where it is without the bench, open unless it is normally
// closed. See [Open] for the lines of this computer.
//
// The line is never read back: reading a periph line of Linux turns the output into an input, and the contact would come
// to rest.
func New(name string, pin Output, opts Options) (*Relay, error) {
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

// Close gives the line back, if it is one to give back. It leaves the contact as it is, and what the line does then is up
// to the computer and the resistor on the drive line: bring the contact to rest before.
func (r *Relay) Close() error {
	if c, ok := r.pin.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

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
