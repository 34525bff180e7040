package kernel

import (
	"context"
	"errors"
	"fmt"
	"net"

	"golang.org/x/sys/unix"

	"otabench/can/isotp"
)

// Open starts a connection on the named interface, for instance "can0", which must be up. It says what of cfg the kernel
// cannot do.
func Open(ctx context.Context, ifname string, cfg isotp.Config) (isotp.Conn, error) {
	name := fmt.Sprintf("kernel ISO-TP %v on socketcan:%s", cfg.Address, ifname)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	cfg, err := cfg.Complete()
	if err != nil {
		return nil, fmt.Errorf("socketcan:%s: %w", ifname, err)
	}
	if err := supported(cfg); err != nil {
		return nil, fmt.Errorf("%s: %w; use the connection in software", name, err)
	}
	ifi, err := net.InterfaceByName(ifname)
	if err != nil {
		return nil, fmt.Errorf("%s: no such interface: %w; see `ip link show type can`", name, err)
	}
	if ifi.Flags&net.FlagUp == 0 {
		return nil, fmt.Errorf("%s: %w; bring it up with `ip link set %s up`", name, unix.ENETDOWN, ifname)
	}
	heads, err := openHeads(ifi.Index, cfg)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	sock, err := openSocket(ifi.Index, cfg)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %s%w", name, hint(err), err), heads.Close())
	}
	return &conn{
		name: name, cfg: cfg, sock: sock, in: newInbox(heads),
		sending: make(chan struct{}, 1), receiving: make(chan struct{}, 1), closed: make(chan struct{}),
	}, nil
}

// supported says what the kernel cannot be told.
func supported(cfg isotp.Config) error {
	switch {
	case cfg.NAs != isotp.DefaultTimeout || cfg.NBs != isotp.DefaultTimeout || cfg.NCr != isotp.DefaultTimeout:
		return fmt.Errorf("the kernel's timeouts cannot be set: N_Bs and N_Cr are %v, N_As is 2s", isotp.DefaultTimeout)
	case cfg.MaxWait != 0:
		return errors.New("the kernel neither counts nor sends wait frames (N_WFTmax)")
	case cfg.Functional != 0:
		return fmt.Errorf("the kernel's socket has no functional identifier (%X)", cfg.Functional)
	}
	return nil
}

// hint says what an error of the socket means for the machine.
func hint(err error) string {
	switch {
	case errors.Is(err, unix.EAFNOSUPPORT):
		return "this kernel has no CAN (CONFIG_CAN): "
	case errors.Is(err, unix.EPROTONOSUPPORT):
		return "this kernel has no ISO-TP sockets; try `modprobe can-isotp`: "
	}
	return ""
}
