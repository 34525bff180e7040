package dial

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"otabench/can/slcan"
	"otabench/can/socketcand"
)

// ErrAddress is wrapped by errors that the address itself causes, whatever the state of the machine.
var ErrAddress = errors.New("invalid CAN bus address")

// Accepted describes the addresses that [Dialer.Dial] understands, for messages and help texts.
const Accepted = "socketcan:INTERFACE, socketcand://HOST[:PORT]/NAME, slcan:DEVICE@BITRATE[/DATA], virtual:NAME, " +
	"or the name of an interface such as can0"

// Schemes of addresses.
const (
	kernel  = "socketcan"
	remote  = "socketcand"
	line    = "slcan"
	virtual = "virtual"
)

// address is one that was taken apart.
type address struct {
	scheme string
	name   string // of the interface or the bus
	host   string // and port
	slcan  slcan.Address
}

// Check says why an address cannot be right on any machine. Its error wraps [ErrAddress].
func Check(text string) error {
	_, err := parse(text)
	return err
}

// Interface returns the name of the kernel's interface that an address means, and false if it means something else.
func Interface(text string) (name string, ok bool) {
	a, err := parse(text)
	return a.name, err == nil && a.scheme == kernel
}

func parse(text string) (a address, err error) {
	scheme, name, found := strings.Cut(text, ":")
	if !found {
		scheme, name = kernel, text
	}
	a = address{scheme: scheme, name: name}
	switch scheme {
	case kernel:
		err = checkInterface(name)
	case remote:
		a.host, a.name, err = parseRemote(name)
	case line:
		a.slcan, err = slcan.ParseAddress(name)
	case virtual:
		if name == "" {
			err = errors.New("no virtual bus is named")
		}
	default:
		err = fmt.Errorf("unknown scheme %q; accepted are %s", scheme, Accepted)
	}
	if err != nil {
		return address{}, fmt.Errorf("%w %q: %w", ErrAddress, text, err)
	}
	return a, nil
}

// maxInterfaceName is the kernel's IFNAMSIZ without the final zero.
const maxInterfaceName = 15

func checkInterface(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("no interface is named; accepted are %s", Accepted)
	case len(name) > maxInterfaceName:
		return fmt.Errorf("an interface name has at most %d bytes", maxInterfaceName)
	case strings.ContainsFunc(name, notInInterfaceName):
		return fmt.Errorf("%q cannot be an interface name", name)
	}
	return nil
}

// notInInterfaceName is narrower than the kernel, which allows any byte but '/', ':' and white space.
func notInInterfaceName(r rune) bool {
	return r <= ' ' || r > '~' || r == '/' || r == ':'
}

// parseRemote reads //HOST[:PORT]/NAME.
func parseRemote(rest string) (host, name string, err error) {
	host, name, found := strings.Cut(strings.TrimPrefix(rest, "//"), "/")
	if !found || !strings.HasPrefix(rest, "//") || host == "" {
		return "", "", errors.New("want socketcand://HOST[:PORT]/NAME, such as socketcand://bench-7/can0")
	}
	if err := socketcand.CheckName(name); err != nil {
		return "", "", err
	}
	if _, _, err := net.SplitHostPort(host); err != nil {
		host = net.JoinHostPort(strings.Trim(host, "[]"), socketcand.Port)
	}
	_, port, err := net.SplitHostPort(host)
	number, wrong := strconv.ParseUint(port, 10, 16)
	if err != nil || wrong != nil || number == 0 || strings.ContainsAny(host, "@ ") {
		return "", "", fmt.Errorf("%q is no HOST:PORT", host)
	}
	return host, name, nil
}
