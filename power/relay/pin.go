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

// Pin finds a GPIO line of this computer by the name or number that periph knows it by, for instance "GPIO17". It does
// not touch the line. It fails with ErrNoPin, or when the drivers of the computer cannot be loaded.
func Pin(name string) (gpio.PinIO, error) {
	if _, err := host.Init(); err != nil {
		return nil, fmt.Errorf("find GPIO line %q: load the drivers of this computer: %w", name, err)
	}
	pin := gpioreg.ByName(name)
	if pin == nil {
		return nil, fmt.Errorf("find GPIO line %q: %w: `gpioinfo` lists those there are", name, ErrNoPin)
	}
	return pin, nil
}
