package described_test

import (
	"context"
	"fmt"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/can/virtual"
	"otabench/ecu"
	"otabench/ecu/description"
	"otabench/ecu/sim"
	"otabench/ecu/sim/described"
)

// An ECU and its tester are made of one description.
func Example() {
	ctx := context.Background()
	d := description.ECU{
		Address: description.Address{Request: 0x6F1, Response: 0x660, Format: "extended", RequestByte: 0x60, ResponseByte: 0xF1},
		Timing:  description.Timing{P2: time.Second},
	}
	bus := virtual.NewBus("body", virtual.Options{})
	defer bus.Close()
	unit, err := described.New(described.Config{
		Name: "cluster", Description: d, Values: map[string][]byte{"vin": []byte("WOB00000000000001")},
	}, bus.Attach("cluster"), sim.Fixed(13*physic.Volt))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := unit.Start(ctx); err != nil {
		fmt.Println(err)
		return
	}
	defer unit.Close()
	tester, err := ecu.New("cluster", d, bus.Attach("tester"), ecu.Hooks{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tester.Close()
	if err := tester.AwaitBoot(ctx); err != nil {
		fmt.Println(err)
		return
	}
	vin, err := tester.ReadDID(ctx, "vin")
	fmt.Println(vin, err)
	// Output: WOB00000000000001 <nil>
}
