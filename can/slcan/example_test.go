package slcan_test

import (
	"context"
	"fmt"
	"net"

	"otabench/can"
	"otabench/can/slcan"
	"otabench/can/slcan/sim"
	"otabench/can/virtual"
)

func ExampleOpen() {
	wire := virtual.NewBus("wire", virtual.Options{})
	defer wire.Close()
	frames := wire.Attach("other").Subscribe(0)
	port, device := net.Pipe() // instead of OpenDevice(ctx, "/dev/ttyACM0", ...)
	ctx, unplug := context.WithCancel(context.Background())
	defer unplug()
	go sim.New(wire.Attach("adapter"), sim.Quirks{}).Serve(ctx, device)

	bus, err := slcan.Open(ctx, port, "/dev/ttyACM0", slcan.Options{Bitrate: 500_000})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer bus.Close()
	fmt.Println(bus, bus.Send(ctx, can.New(0x7E0, 2, 0x10, 3)))
	fmt.Println((<-frames.C()).Frame)
	// Output:
	// slcan:/dev/ttyACM0@500000 <nil>
	// 7E0#021003
}
