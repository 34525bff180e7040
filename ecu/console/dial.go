package console

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.bug.st/serial"
)

// ErrAddress is wrapped by errors that the address itself causes.
var ErrAddress = errors.New("invalid console address")

// Accepted describes the addresses that [Dialer.Dial] understands.
const Accepted = "serial:DEVICE@BAUD such as serial:/dev/ttyUSB0@115200, or virtual:NAME"

// defaultBaud is the rate of addresses that name none, with 8 data bits, no parity and 1 stop bit.
const defaultBaud = 115200

// Dialer opens consoles. The zero value opens serial ports only.
type Dialer struct {
	// Virtual opens the console of that name on an embedded bench.
	Virtual func(name string) (io.ReadWriteCloser, error)
}

// Dial opens the stream at address.
func (d Dialer) Dial(address string) (io.ReadWriteCloser, error) {
	scheme, rest, _ := strings.Cut(address, ":")
	switch {
	case rest == "":
	case scheme == "virtual" && d.Virtual != nil:
		return d.Virtual(rest)
	case scheme == "virtual":
		return nil, fmt.Errorf("%w %q: there is no simulation here", ErrAddress, address)
	case scheme == "serial":
		return openSerial(address, rest)
	}
	return nil, fmt.Errorf("%w %q: want %s", ErrAddress, address, Accepted)
}

func openSerial(address, rest string) (io.ReadWriteCloser, error) {
	device, rate, named := strings.Cut(rest, "@")
	if device == "" {
		return nil, fmt.Errorf("%w %q: it names no device; want %s", ErrAddress, address, Accepted)
	}
	baud := defaultBaud
	if named {
		var err error
		if baud, err = strconv.Atoi(rate); err != nil || baud <= 0 {
			return nil, fmt.Errorf("%w %q: %q is not a baud rate; want %s", ErrAddress, address, rate, Accepted)
		}
	}
	p, err := openPort(device, &serial.Mode{BaudRate: baud})
	if err != nil {
		return nil, fmt.Errorf("open console %s: %w", address, err)
	}
	return p, nil
}
