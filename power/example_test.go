package power_test

import (
	"context"
	"fmt"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/powertest"
)

func ExampleLimit() {
	ctx := context.Background()
	channel := &powertest.Channel{}
	out, err := power.Limit(ctx, channel, power.Limits{
		Voltage: 16 * physic.Volt, Current: 3 * physic.Ampere,
		OVP: 17 * physic.Volt, OCP: 3200 * physic.MilliAmpere,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(out.On(ctx, 13500*physic.MilliVolt), channel.State().Voltage)
	fmt.Println(out.Set(ctx, 24*physic.Volt))
	fmt.Println(out.Off(ctx), channel.On())
	// Output:
	// <nil> 13.500V
	// set test channel to 24V: outside the limits: the output is limited to 0V to 16V
	// <nil> false
}
