package socketcan

import (
	"context"
	"errors"
	"fmt"
	"net"

	"golang.org/x/sys/unix"

	"otabench/can"
)

// Open attaches to the named interface, for instance "can0". The interface must be up; Open does not configure it.
func Open(ctx context.Context, ifname string, opts Options) (*Bus, error) {
	name := "socketcan:" + ifname
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	ifi, err := net.InterfaceByName(ifname)
	if err != nil {
		return nil, fmt.Errorf("%s: no such interface: %w; see `ip link show type can`", name, err)
	}
	if ifi.Flags&net.FlagUp == 0 {
		return nil, fmt.Errorf("%s: %w; bring it up with `ip link set %s up`, "+
			"a real one with `type can bitrate 500000` behind that", name, unix.ENETDOWN, ifname)
	}
	if len(opts.Filters) > maxFilters {
		return nil, fmt.Errorf("%s: %d filters; the kernel takes %d", name, len(opts.Filters), maxFilters)
	}
	sock, err := openSocket(ifi.Index, opts)
	if err != nil {
		return nil, fmt.Errorf("%s: %s%w", name, hint(err), err)
	}
	return newBus(ifname, sock, ifi.MTU >= fdSize), nil
}

// hint says what an error of the socket means for the machine.
func hint(err error) string {
	switch {
	case errors.Is(err, unix.EAFNOSUPPORT):
		return "this kernel has no CAN (CONFIG_CAN): "
	case errors.Is(err, unix.EPROTONOSUPPORT):
		return "this kernel has no raw CAN sockets (CONFIG_CAN_RAW): "
	case errors.Is(err, unix.ENODEV):
		return "not a CAN interface: "
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return "not permitted to open raw CAN sockets: "
	}
	return ""
}

// openSocket makes a raw CAN socket, prepares it and only then binds it, so that it never holds a frame that it was not
// prepared for.
func openSocket(ifindex int, opts Options) (*rawSocket, error) {
	fd, err := unix.Socket(unix.AF_CAN, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.CAN_RAW)
	if err != nil {
		return nil, fmt.Errorf("open a raw CAN socket: %w", err)
	}
	err = prepareCAN(fd, opts)
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrCAN{Ifindex: ifindex})
	}
	if err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	return newRawSocket(fd)
}

// prepareCAN sets what only CAN sockets have.
func prepareCAN(fd int, opts Options) error {
	for _, o := range []struct{ option, value int }{
		{unix.CAN_RAW_FD_FRAMES, 1},
		{unix.CAN_RAW_RECV_OWN_MSGS, 1},
		{unix.CAN_RAW_ERR_FILTER, can.MaxExtendedID},
	} {
		if err := unix.SetsockoptInt(fd, unix.SOL_CAN_RAW, o.option, o.value); err != nil {
			return fmt.Errorf("set CAN socket option %d: %w", o.option, err)
		}
	}
	if len(opts.Filters) > 0 {
		if err := unix.SetsockoptCanRawFilter(fd, unix.SOL_CAN_RAW, unix.CAN_RAW_FILTER, kernelFilters(opts.Filters)); err != nil {
			return fmt.Errorf("set %d receive filters: %w", len(opts.Filters), err)
		}
	}
	return prepare(fd, opts.ReceiveBuffer)
}

func kernelFilters(filters []can.Filter) []unix.CanFilter {
	all := make([]unix.CanFilter, len(filters))
	for i, f := range filters {
		all[i] = unix.CanFilter{Id: f.ID, Mask: f.Mask | extendedBit}
		if f.Extended {
			all[i].Id |= extendedBit
		}
	}
	return all
}
