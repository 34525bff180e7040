package dashboard_test

import (
	"context"
	"fmt"
	"time"

	"otabench/can"
	"otabench/can/virtual"
	"otabench/ecu/ota"
	"otabench/ecu/ota/dashboard"
)

// Wait for an offer on the dashboard, and download it. The update master is played here by two of its frames.
func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	wire := virtual.NewBus("vehicle", virtual.Options{Bitrate: 500_000})
	defer wire.Close()
	master := wire.Attach("TCU")
	touches := master.Subscribe(0, can.Exactly(0x5B0, false))

	d, err := dashboard.Open(wire.Attach("bench"), dashboard.Vehicle(), dashboard.Signals{}, map[string]int{"owner": 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer d.Close()
	for _, f := range []can.Frame{
		can.New(0x5A1, 1, 0x80, 'U', 'p', 'd', 'a', 't', 'e'), // the title in one segment
		can.New(0x5A0, 1, 0, 0, 0, 1, 0, 3, 1),                // offered, and the user can download it, now or later
	} {
		if err := master.Send(ctx, f); err != nil {
			fmt.Println(err)
			return
		}
	}

	view, err := ota.Await(ctx, d, "the offer", func(v ota.View) bool { return v.State == ota.Offered })
	fmt.Println(view, view.Choices, err)
	if err := d.Act(ctx, ota.Action{Do: ota.Download, User: "owner"}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println((<-touches.C()).Frame)
	// Output:
	// offered "Update" [download later] <nil>
	// 5B0#1101000000000000
}
