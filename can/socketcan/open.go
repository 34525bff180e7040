package socketcan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"

	"go.einride.tech/can/pkg/socketcan"

	"otabench/can"
)

// Open attaches to the named interface, for instance "can0". The interface must be up; Open does not configure it.
func Open(ctx context.Context, ifname string) (*Bus, error) {
	ifi, err := net.InterfaceByName(ifname)
	if err != nil {
		return nil, fmt.Errorf("socketcan:%s: no such interface: %w; see `ip link show type can`", ifname, err)
	}
	if ifi.Flags&net.FlagUp == 0 {
		return nil, fmt.Errorf("socketcan:%s: %w; bring it up with `ip link set %s up`, "+
			"a real one with `type can bitrate 500000` behind that", ifname, syscall.ENETDOWN, ifname)
	}
	conn, err := socketcan.DialContext(ctx, "can", ifname, socketcan.WithReceiveErrorFrames())
	if err != nil {
		return nil, fmt.Errorf("socketcan:%s: %s%w", ifname, hint(err), err)
	}
	return newBus(ifname, conn), nil
}

// hint says what an error of the socket means for the machine.
func hint(err error) string {
	switch {
	case errors.Is(err, syscall.EAFNOSUPPORT):
		return "this kernel has no CAN (CONFIG_CAN): "
	case errors.Is(err, syscall.EPROTONOSUPPORT):
		return "this kernel has no raw CAN sockets (CONFIG_CAN_RAW): "
	case errors.Is(err, syscall.ENODEV):
		return "not a CAN interface: "
	}
	return ""
}

// lost says why the connection to the kernel ended.
func (b *Bus) lost(err error) error {
	switch {
	case err == nil:
		err = io.EOF
	case errors.Is(err, syscall.ENETDOWN):
		err = fmt.Errorf("the interface went down: %w", err)
	case errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENXIO):
		err = fmt.Errorf("the interface was removed: %w", err)
	}
	return fmt.Errorf("%s: %w: %w", b.name, can.ErrClosed, err)
}
