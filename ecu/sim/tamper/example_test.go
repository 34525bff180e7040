package tamper_test

import (
	"context"
	"fmt"

	"otabench/can/isotp"
	"otabench/can/virtual"
	"otabench/ecu/sim/tamper"
)

func Example() {
	bus := virtual.NewBus("diag", virtual.Options{})
	defer bus.Close()
	server, err := isotp.Open(bus.Attach("ecu"), isotp.Config{Address: isotp.Address{Tx: 0x7E8, Rx: 0x7E0}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	tester, err := isotp.Open(bus.Attach("tester"), isotp.Config{Address: isotp.Address{Tx: 0x7E0, Rx: 0x7E8}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tester.Close()

	reject := tamper.Fault{Response: func(request isotp.Message, _ []byte) [][]byte {
		return [][]byte{{0x7F, request.Data[0], 0x10}}
	}}
	ctx := context.Background()
	wrong := tamper.New(server, reject)
	_ = tester.Send(ctx, []byte{0x3E, 0x00})
	_, _ = wrong.Receive(ctx, 0)
	_ = wrong.Send(ctx, []byte{0x7E, 0x00})
	m, err := tester.Receive(ctx, 0)
	fmt.Printf("% X %v\n", m.Data, err)
	// Output: 7F 3E 10 <nil>
}
