package ecu

import (
	"context"
	"fmt"

	"otabench/can"
	"otabench/can/dial"
	"otabench/can/isotp"
	"otabench/can/isotp/kernel"
	"otabench/ecu/uds"
)

func (u *Unit) open(bus can.Bus) error {
	functional, err := isotp.OpenFunctional(bus, u.desc.Address.Functional, u.desc.Connection())
	if err != nil {
		return err
	}
	conn, err := u.connect(bus)
	if err != nil {
		return err
	}
	u.conn, u.functional = conn, uds.NewFunctional(functional, u.hooks.Exchange)
	u.client = uds.New(conn, uds.Options{Name: u.name, Timing: u.timing(), Observe: u.hooks.Exchange})
	return nil
}

// connect opens the connection for physical requests, in software or in the kernel.
func (u *Unit) connect(bus can.Bus) (isotp.Conn, error) {
	if !u.desc.Transport.Kernel {
		return isotp.Open(bus, u.desc.Connection())
	}
	ifname, ok := dial.Interface(bus.String())
	if !ok {
		return nil, fmt.Errorf("transport.kernel: %v is no bus of the local kernel; leave it out", bus)
	}
	return kernel.Open(context.Background(), ifname, u.desc.Connection())
}

func (u *Unit) timing() uds.Timing {
	t := u.desc.Timing
	return uds.Timing{
		P2: t.P2, P2Star: t.P2Star, DeltaP2: t.DeltaP2, S3Client: t.S3Client,
		MaxPending: t.MaxPending, MaxPendingTime: t.MaxPendingTime,
	}
}

// Close ends tester present and closes the connection. The bus stays open.
func (u *Unit) Close() error {
	u.programmer.Close()
	return u.client.Close()
}
