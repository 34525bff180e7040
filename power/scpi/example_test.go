package scpi_test

import (
	"context"
	"fmt"
	"net"

	"otabench/power/scpi"
	"otabench/power/sim"
)

func ExampleOpen() {
	ctx := context.Background()
	near, far := net.Pipe() // on a bench: dial.Dial(ctx, "tcp:192.0.2.7:5555")
	psu, err := sim.NewSupply("rigol-dp832", sim.SupplyOptions{Serial: "DP8C1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	go psu.Serve(ctx, far)

	supply, err := scpi.Open(ctx, "rigol-dp832", near, "virtual:psu", scpi.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer supply.Close()
	fmt.Println(supply, "is", supply.Identity())
	// Output:
	// rigol-dp832 at virtual:psu is RIGOL TECHNOLOGIES DP832, serial DP8C1, firmware 00.01.19
}
