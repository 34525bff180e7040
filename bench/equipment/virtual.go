package equipment

import (
	"fmt"
	"io"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
)

// Virtual reaches the simulated ends of virtual: addresses. A nil Virtual has none of them.
type Virtual interface {
	// Supply returns a byte stream to a simulated supply.
	Supply(name string) (io.ReadWriteCloser, error)
	// Pin returns the line that drives a simulated switch.
	Pin(name string) (gpio.PinOut, error)
	// Sensor returns the I2C bus with the simulated sensor of a rail.
	Sensor(name string) (i2c.Bus, error)
}

// AddressError says that an address in a bench file cannot be understood or served. It is the file's fault, not the bench's.
type AddressError struct{ Role, Address, Text string }

func (e *AddressError) Error() string {
	return fmt.Sprintf("%s: address %q: %s", e.Role, e.Address, e.Text)
}
