package ecu_test

import (
	"context"
	"fmt"

	"periph.io/x/conn/v3/physic"

	"otabench/can/virtual"
	"otabench/ecu"
	"otabench/ecu/sim"
)

func Example() {
	bus := virtual.NewBus("diag", virtual.Options{}) // or a socketcan.Bus
	defer bus.Close()
	simulated, err := sim.New(simulation(release("1.0.0", 1, nil)), bus.Attach("bcm"), sim.Fixed(13*physic.Volt), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	if err := simulated.Start(ctx); err != nil {
		fmt.Println(err)
		return
	}
	defer simulated.Close()

	bcm, err := ecu.New("bcm", testDescription(), bus.Attach("tester"), ecu.Hooks{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer bcm.Close()
	if err := bcm.AwaitBoot(ctx); err != nil {
		fmt.Println(err)
		return
	}
	id, err := bcm.Identify(ctx)
	fmt.Println(id, err)
	// Output: BCM 1.0.0, hardware HW-1, serial SIM00000001, VIN WOB00000000000001, RXSWIN R156 1.0.0, slot A, boot state confirmed, security counter 1 <nil>
}
