package dial

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// ErrAddress: a link address that cannot be one, whatever is plugged in.
var ErrAddress = errors.New("not a link address")

// DefaultBaud is the speed of a serial port whose address names none.
const DefaultBaud = 9600

// Address is a parsed link address.
type Address struct {
	// Scheme is "tcp", "serial", "usbtmc" or "virtual".
	Scheme string
	// Target is host:port, the path of the serial port or the device, or the name of the virtual instrument.
	Target string
	// Baud is the speed of a serial port.
	Baud int
}

func (a Address) String() string {
	if a.Scheme == "serial" {
		return fmt.Sprintf("serial:%s@%d", a.Target, a.Baud)
	}
	return a.Scheme + ":" + a.Target
}

// Parse reads an address without opening it. It fails with ErrAddress.
func Parse(address string) (Address, error) {
	scheme, target, _ := strings.Cut(address, ":")
	a := Address{Scheme: scheme, Target: target}
	var problem string
	switch scheme {
	case "tcp":
		problem = checkHostPort(target)
	case "serial":
		a, problem = parseSerial(a)
	case "usbtmc":
		if !strings.HasPrefix(target, "/") {
			problem = "a USBTMC address is usbtmc:DEVICE with a path such as /dev/usbtmc0"
		}
	case "virtual":
		if target == "" {
			problem = "the name of the virtual instrument is missing"
		}
	default:
		problem = "accepted are tcp:HOST:PORT, serial:PATH@BAUD, usbtmc:DEVICE and virtual:NAME"
	}
	if problem != "" {
		return Address{}, fmt.Errorf("%q: %w: %s", address, ErrAddress, problem)
	}
	return a, nil
}

func checkHostPort(target string) (problem string) {
	host, port, err := net.SplitHostPort(target)
	if err != nil || host == "" {
		return "a TCP address is tcp:HOST:PORT"
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return fmt.Sprintf("port %q is not a number from 1 to 65535", port)
	}
	return ""
}

func parseSerial(a Address) (Address, string) {
	path, speed, found := cutLast(a.Target, "@")
	if path == "" {
		return a, "a serial address is serial:PATH@BAUD"
	}
	a.Target, a.Baud = path, DefaultBaud
	if !found {
		return a, ""
	}
	baud, err := strconv.Atoi(speed)
	if err != nil || baud <= 0 {
		return a, fmt.Sprintf("%q is not a speed in baud", speed)
	}
	a.Baud = baud
	return a, ""
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
