package socketcan_test

import (
	"context"
	"fmt"

	"otabench/can"
	"otabench/can/socketcan"
)

// Ask the unit at 7E0 for its session and print what comes back within the context's time.
func Example() {
	ctx := context.Background()
	bus, err := socketcan.Open(ctx, "can0", socketcan.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer bus.Close()
	answers := bus.Subscribe(0, can.Exactly(0x7E8, false))
	if err := bus.Send(ctx, can.New(0x7E0, 2, 0x10, 1)); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(<-answers.C())
}
