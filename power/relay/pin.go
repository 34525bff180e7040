package relay

import (
	"errors"
	"fmt"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/host/v3"
)

// ErrNoPin: there is no GPIO line of that name on this computer.
var ErrNoPin = errors.New("no such GPIO line")

// Output is what a relay needs of a GPIO line; every gpio.PinOut is one. One that is an io.Closer is closed with the relay.
type Output interface {
	fmt.Stringer
	Out(gpio.Level) error
}

// Open takes a GPIO line of this computer by the name or number that periph knows it by, for instance "GPIO17", and drives
// it as [New] does, without a glitch: a line of a chip of the kernel gets its first level in the step that makes it an
// output, and the drivers of periph for the chips of single computers set the level first. It fails with ErrNoPin, when
// another process holds the line, or when the drivers of the computer cannot be loaded.
func Open(name, pin string, opts Options) (*Relay, error) {
	if _, err := host.Init(); err != nil {
		return nil, fmt.Errorf("find GPIO line %q: load the drivers of this computer: %w", pin, err)
	}
	known := gpioreg.ByName(pin)
	if known == nil {
		return nil, fmt.Errorf("find GPIO line %q: %w: `gpioinfo` lists those there are", pin, ErrNoPin)
	}
	out, ok, err := take(known, opts.level(opts.NormallyClosed))
	if err != nil {
		return nil, err
	}
	if !ok {
		out = known
	}
	return New(name, out, opts)
}
