package sim

import (
	"errors"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// Pin is a simulated GPIO line that drives the relay of a contact when it is high. It starts as an input, and a pull-down
// on the board keeps the contact at rest then.
//
// Like the lines of Linux, an output that is read turns into an input: the contact comes to rest.
type Pin struct {
	name    string
	contact *Contact

	mu     sync.Mutex
	output bool
	level  gpio.Level
}

var _ gpio.PinIO = (*Pin)(nil)

// NewPin returns a line that drives contact.
func NewPin(name string, contact *Contact) *Pin { return &Pin{name: name, contact: contact} }

func (p *Pin) String() string { return p.name }

// Name implements pin.Pin.
func (p *Pin) Name() string { return p.name }

// Number implements pin.Pin: a simulated line has none.
func (p *Pin) Number() int { return -1 }

// Function implements pin.Pin.
func (p *Pin) Function() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case !p.output:
		return string(gpio.IN_LOW)
	case p.level == gpio.High:
		return string(gpio.OUT_HIGH)
	}
	return string(gpio.OUT_LOW)
}

// Halt implements conn.Resource. It leaves the line as it is.
func (p *Pin) Halt() error { return nil }

// Out drives the line.
func (p *Pin) Out(l gpio.Level) error {
	p.set(true, l)
	return nil
}

// In stops driving the line; the pull-down brings it low.
func (p *Pin) In(pull gpio.Pull, edge gpio.Edge) error {
	if edge != gpio.NoEdge {
		return errors.New("simulated pin " + p.name + ": edges are not supported")
	}
	if pull == gpio.PullUp {
		return errors.New("simulated pin " + p.name + ": the board pulls it down")
	}
	p.set(false, gpio.Low)
	return nil
}

// Read turns the line into an input and returns its level, which is low then.
func (p *Pin) Read() gpio.Level {
	p.set(false, gpio.Low)
	return gpio.Low
}

// WaitForEdge implements gpio.PinIn: there are no edges to wait for.
func (p *Pin) WaitForEdge(time.Duration) bool { return false }

// Pull implements gpio.PinIn.
func (p *Pin) Pull() gpio.Pull { return gpio.PullDown }

// DefaultPull implements gpio.PinIn.
func (p *Pin) DefaultPull() gpio.Pull { return gpio.PullDown }

// PWM implements gpio.PinOut.
func (p *Pin) PWM(gpio.Duty, physic.Frequency) error {
	return errors.New("simulated pin " + p.name + ": PWM is not supported")
}

// set holds the pin's lock while the contact moves, so that pin and contact never disagree.
func (p *Pin) set(output bool, l gpio.Level) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.output, p.level = output, l
	p.contact.energise(l == gpio.High)
}
