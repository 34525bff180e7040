package socketcand_test

import (
	"context"
	"fmt"
	"net"

	"otabench/can"
	"otabench/can/socketcand"
	"otabench/can/virtual"
)

// Offer a virtual bus on the loopback interface and join it, as python-can and SavvyCAN can.
func Example() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	wire := virtual.NewBus("body", virtual.Options{Bitrate: 500_000})
	defer wire.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	served := make(chan error)
	go func() {
		served <- socketcand.Serve(ctx, l, func(name string) (can.Bus, error) {
			if name != "body" {
				return nil, fmt.Errorf("there is only body")
			}
			return wire.Attach("client"), nil
		}, socketcand.ServeOptions{})
	}()

	heard := wire.Attach("ecu").Subscribe(0)
	bus, err := socketcand.Dial(ctx, l.Addr().String(), "body", socketcand.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bus.Send(ctx, can.New(0x7E0, 2, 0x3E, 0x80)))
	fmt.Println((<-heard.C()).Frame)
	fmt.Println(bus.Close())
	cancel()
	fmt.Println(<-served)
	// Output:
	// <nil>
	// 7E0#023E80
	// <nil>
	// <nil>
}
