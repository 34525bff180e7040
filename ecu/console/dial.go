package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Dialer opens consoles. The zero value opens serial ports only.
type Dialer struct {
	// Virtual opens the console of that name on an embedded bench.
	Virtual func(name string) (io.ReadWriteCloser, error)
}

// Dial opens the stream at address. Errors wrap ErrAddress if the address itself is wrong, and ErrSetting if the device
// cannot do what the address says.
func (d Dialer) Dial(address string) (io.ReadWriteCloser, error) {
	scheme, rest, _ := strings.Cut(address, ":")
	switch {
	case rest == "":
	case scheme == "virtual" && d.Virtual != nil:
		return d.Virtual(rest)
	case scheme == "virtual":
		return nil, fmt.Errorf("%w %q: there is no simulation here", ErrAddress, address)
	case scheme == "serial":
		s, err := parseSetup(rest)
		if err != nil {
			return nil, fmt.Errorf("%w %q: %w; want %s", ErrAddress, address, err, Accepted)
		}
		p, err := openPort(s)
		if err != nil {
			return nil, fmt.Errorf("open console %s: %w", address, err)
		}
		return p, nil
	}
	return nil, fmt.Errorf("%w %q: want %s", ErrAddress, address, Accepted)
}

// Reopen returns a function for [Reconnect]: it dials the address as soon as the device is there. It hears of that from
// the kernel, and looks once a second besides. A device that comes back under another name is found by a link that udev
// keeps up to date, such as those in /dev/serial/by-id. A port that came back has the settings of its address.
func (d Dialer) Reopen(address string) func(context.Context) (io.ReadWriteCloser, error) {
	device, _, _ := strings.Cut(strings.TrimPrefix(address, "serial:"), "@")
	return func(ctx context.Context) (io.ReadWriteCloser, error) {
		w := newWatch(device)
		defer w.close()
		for {
			w.follow() // before dialling, so that nothing that comes in between is missed
			rw, err := d.Dial(address)
			if err == nil || errors.Is(err, ErrAddress) || errors.Is(err, ErrSetting) {
				return rw, err
			}
			if gone := w.wait(ctx); gone != nil {
				return nil, fmt.Errorf("%w: %w", gone, err)
			}
		}
	}
}
