package ecu

import (
	"otabench/can"
	"otabench/can/isotp"
	"otabench/ecu/uds"
)

func (u *Unit) open(bus can.Bus) error {
	a, t := u.desc.Address, u.desc.Transport
	cfg := isotp.Config{
		Address: isotp.Address{Tx: a.Request, Rx: a.Response, Extended: a.Extended},
		Padding: t.Padding, BlockSize: t.BlockSize, STmin: t.STmin,
	}
	functional, err := isotp.OpenFunctional(bus, a.Functional, cfg)
	if err != nil {
		return err
	}
	conn, err := isotp.Open(bus, cfg)
	if err != nil {
		return err
	}
	u.conn, u.functional = conn, uds.NewFunctional(functional, u.hooks.Exchange)
	u.client = uds.New(conn, uds.Options{Name: u.name, Timing: u.timing(), Observe: u.hooks.Exchange})
	return nil
}

func (u *Unit) timing() uds.Timing {
	t := u.desc.Timing
	return uds.Timing{P2: t.P2, P2Star: t.P2Star, S3Client: t.S3Client, MaxPending: t.MaxPending}
}

// Close ends tester present and closes the connection. The bus stays open.
func (u *Unit) Close() error {
	u.programmer.Close()
	return u.client.Close()
}
