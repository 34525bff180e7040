package sim_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/can/isotp"
	"otabench/can/virtual"
	"otabench/ecu/firmware"
	"otabench/ecu/sim"
)

func Example() {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	image := sim.Application{Version: "1.4.0"}.Image(64 << 10)
	release, err := firmware.Build(firmware.Manifest{ECU: "bcm", Hardware: "HW-1", Version: "1.4.0", Counter: 3}, image, key)
	if err != nil {
		fmt.Println(err)
		return
	}
	wire := virtual.NewBus("body", virtual.Options{})
	defer wire.Close()
	cfg := sim.Config{Name: "bcm", Factory: release, TrustedKey: firmware.PublicKey(key), Timing: sim.Timing{Boot: time.Millisecond}}
	unit, err := sim.New(cfg, wire.Attach("bcm"), sim.Fixed(13500*physic.MilliVolt), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	if err := unit.Start(ctx); err != nil {
		fmt.Println(err)
		return
	}
	defer unit.Close()

	tester, err := isotp.Open(wire.Attach("tester"), isotp.Config{Address: isotp.Address{Tx: 0x7E0, Rx: 0x7E8}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tester.Close()
	for { // until it has booted
		if err := tester.Send(ctx, []byte{0x22, 0xF1, 0x89}); err != nil {
			fmt.Println(err)
			return
		}
		if m, err := tester.Receive(ctx, 50*time.Millisecond); err == nil {
			fmt.Printf("%X %s\n", m.Data[:3], m.Data[3:])
			return
		}
	}
	// Output: 62F189 1.4.0
}
