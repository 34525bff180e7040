package console

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

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
	baud := defaultBaud
	if named {
		var err error
		if baud, err = strconv.Atoi(rate); err != nil || baud <= 0 {
			return nil, fmt.Errorf("%w %q: %q is not a baud rate; want %s", ErrAddress, address, rate, Accepted)
		}
	}
	p, err := serial.Open(device, &serial.Mode{BaudRate: baud})
	if err != nil {
		return nil, fmt.Errorf("open console %s: %w", address, err)
	}
	return &port{Port: p}, nil
}

// port keeps a write from landing in another file that got the descriptor of a closed port.
type port struct {
	serial.Port
	mu     sync.Mutex
	closed bool
}

// Read never returns (0, nil), which the library does on a timeout.
func (p *port) Read(b []byte) (int, error) {
	for {
		n, err := p.Port.Read(b)
		if n > 0 || err != nil {
			return n, err
		}
		p.mu.Lock()
		closed := p.closed
		p.mu.Unlock()
		if closed {
			return 0, io.EOF
		}
	}
}

func (p *port) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return 0, io.ErrClosedPipe
	}
	return p.Port.Write(b)
}

func (p *port) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	p.closed = true
	return p.Port.Close()
}
