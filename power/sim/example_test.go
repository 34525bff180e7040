package sim_test

import (
	"context"
	"fmt"
	"net"

	"periph.io/x/conn/v3/physic"

	"otabench/power/scpi"
	"otabench/power/sim"
)

func Example() {
	ctx := context.Background()
	supply, err := sim.NewSupply("rigol-dp832", sim.SupplyOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	channel, _ := supply.Channel(1) // a DP832 has three
	contact := sim.NewContact("K1")
	kl30 := sim.NewRail("kl30", sim.RailOptions{})
	if err := kl30.Feed(channel, contact); err != nil {
		fmt.Println(err)
		return
	}
	near, far := net.Pipe()
	go supply.Serve(ctx, far)

	driver, err := scpi.Open(ctx, "rigol-dp832", near, "virtual:psu", scpi.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer driver.Close()
	ch1, _ := driver.Channel(1)
	fmt.Println(ch1.SetVoltage(ctx, 13500*physic.MilliVolt), supply.Output(1).Setpoint, kl30.Voltage())
	// Output: <nil> 13.500V 0V
}
