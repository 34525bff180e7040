package dial

import (
	"context"
	"fmt"

	"otabench/can"
	"otabench/can/slcan"
	"otabench/can/socketcan"
	"otabench/can/socketcand"
)

// Dialer opens buses. The zero value opens those of the kernel, of adapters and of other hosts.
type Dialer struct {
	// Virtual joins the virtual bus of that name. Virtual buses live in one process, so it is for the caller to say
	// which ones exist.
	Virtual func(name string) (can.Bus, error)
}

// Dial opens the bus at address. An address that cannot be right gives an error that wraps [ErrAddress]; any other error
// is the machine's.
func (d Dialer) Dial(ctx context.Context, address string) (can.Bus, error) {
	a, err := parse(address)
	if err != nil {
		return nil, err
	}
	switch a.scheme {
	case kernel:
		return opened(socketcan.Open(ctx, a.name, socketcan.Options{}))
	case remote:
		return opened(socketcand.Dial(ctx, a.host, a.name, socketcand.Options{}))
	case line:
		return opened(slcan.OpenDevice(ctx, a.slcan.Device, slcan.Options{
			Bitrate: a.slcan.Bitrate, DataBitrate: a.slcan.DataBitrate,
		}))
	}
	if d.Virtual == nil {
		return nil, fmt.Errorf("%w %q: there are no virtual buses here; they exist only inside a bench", ErrAddress, address)
	}
	return d.Virtual(a.name)
}

// opened keeps a nil pointer from becoming a can.Bus that is not nil.
func opened[B can.Bus](bus B, err error) (can.Bus, error) {
	if err != nil {
		return nil, err
	}
	return bus, nil
}
