package dial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"go.bug.st/serial"

	"otabench/power"
)

// Dialer opens links. The zero Dialer opens hardware only.
type Dialer struct {
	// Virtual opens an instrument of the embedded bench by name.
	Virtual func(ctx context.Context, name string) (io.ReadWriteCloser, error)
}

// Dial opens the link with the zero Dialer.
func Dial(ctx context.Context, address string) (io.ReadWriteCloser, error) {
	return Dialer{}.Dial(ctx, address)
}

// Dial opens a link. It fails with ErrAddress, with an error that wraps power.ErrLink if nothing is there, or with
// ctx's error.
func (d Dialer) Dial(ctx context.Context, address string) (io.ReadWriteCloser, error) {
	a, err := Parse(address)
	if err != nil {
		return nil, err
	}
	rw, err := d.open(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("open the link %v: %w", a, err)
	}
	return rw, nil
}

func (d Dialer) open(ctx context.Context, a Address) (io.ReadWriteCloser, error) {
	switch a.Scheme {
	case "tcp":
		return dialTCP(ctx, a.Target)
	case "serial":
		return openSerial(a)
	case "usbtmc":
		rw, err := openUSBTMC(a.Target)
		if err != nil {
			return nil, errors.Join(power.ErrLink, err)
		}
		return rw, nil
	}
	if d.Virtual == nil {
		return nil, fmt.Errorf("%w: there is no embedded bench here", ErrAddress)
	}
	return d.Virtual(ctx, a.Target)
}

func dialTCP(ctx context.Context, target string) (io.ReadWriteCloser, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", target)
	if err == nil {
		return conn, nil
	}
	if ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, context.Cause(ctx)
	}
	return nil, errors.Join(power.ErrLink, err)
}

func openSerial(a Address) (io.ReadWriteCloser, error) {
	port, err := serial.Open(a.Target, &serial.Mode{BaudRate: a.Baud})
	if err != nil {
		return nil, errors.Join(power.ErrLink, err)
	}
	return guard(port), nil
}
