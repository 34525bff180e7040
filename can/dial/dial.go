package dial

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"otabench/can"
	"otabench/can/socketcan"
)

// ErrAddress is wrapped by errors that the address itself causes, whatever the state of the machine.
var ErrAddress = errors.New("invalid CAN bus address")

// Accepted describes the addresses that [Dialer.Dial] understands, for messages and help texts.
const Accepted = "socketcan:INTERFACE, virtual:NAME, or the name of an interface such as can0"

// Dialer opens buses. The zero value opens kernel interfaces only.
type Dialer struct {
	// Virtual joins the virtual bus of that name. Virtual buses live in one process, so it is for the caller to say
	// which ones exist.
	Virtual func(name string) (can.Bus, error)
}

// Dial opens the bus at address. An address that cannot be right gives an error that wraps [ErrAddress]; any other error
// is the machine's.
func (d Dialer) Dial(ctx context.Context, address string) (can.Bus, error) {
	scheme, name, found := strings.Cut(address, ":")
	if !found {
		scheme, name = "socketcan", address
	}
	switch scheme {
	case "socketcan":
		return openKernel(ctx, address, name)
	case "virtual":
		return d.openVirtual(address, name)
	}
	return nil, fmt.Errorf("%w %q: unknown scheme %q; accepted are %s", ErrAddress, address, scheme, Accepted)
}

// Interface returns the name of the kernel's interface that an address means, and false if it means something else.
func Interface(address string) (name string, ok bool) {
	scheme, name, found := strings.Cut(address, ":")
	if !found {
		return address, true
	}
	return name, scheme == "socketcan"
}

// maxInterfaceName is the kernel's IFNAMSIZ without the final zero.
const maxInterfaceName = 15

func openKernel(ctx context.Context, address, name string) (can.Bus, error) {
	switch {
	case name == "":
		return nil, fmt.Errorf("%w %q: no interface is named; accepted are %s", ErrAddress, address, Accepted)
	case len(name) > maxInterfaceName:
		return nil, fmt.Errorf("%w %q: an interface name has at most %d bytes", ErrAddress, address, maxInterfaceName)
	case strings.ContainsFunc(name, notInInterfaceName):
		return nil, fmt.Errorf("%w %q: %q cannot be an interface name", ErrAddress, address, name)
	}
	bus, err := socketcan.Open(ctx, name, socketcan.Options{})
	if err != nil {
		return nil, err // not bus: a nil *socketcan.Bus would make a can.Bus that is not nil
	}
	return bus, nil
}

// notInInterfaceName is narrower than the kernel, which allows any byte but '/', ':' and white space.
func notInInterfaceName(r rune) bool {
	return r <= ' ' || r > '~' || r == '/' || r == ':'
}

func (d Dialer) openVirtual(address, name string) (can.Bus, error) {
	switch {
	case name == "":
		return nil, fmt.Errorf("%w %q: no virtual bus is named", ErrAddress, address)
	case d.Virtual == nil:
		return nil, fmt.Errorf("%w %q: there are no virtual buses here; they exist only inside a bench", ErrAddress, address)
	}
	return d.Virtual(name)
}
