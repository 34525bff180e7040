package restbus_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"otabench/can/signal"
	"otabench/can/signal/e2e"
	"otabench/can/signal/restbus"
	"otabench/can/virtual"
)

// Send all that the body control module expects of others, the engine's message protected from end to end.
func Example() {
	db, err := signal.ReadDBC("rest.dbc", strings.NewReader(dbc))
	if err != nil {
		fmt.Println(err)
		return
	}
	entries, err := restbus.Rest(db, "BCM")
	if err != nil {
		fmt.Println(err)
		return
	}
	if entries[0].Protection, err = e2e.NewProtector(e2e.Profile1A(0x123, 8)); err != nil {
		fmt.Println(err)
		return
	}
	entries[0].Values = map[string]signal.Input{"Speed": signal.Physical(750)}

	wire := virtual.NewBus("body", virtual.Options{Bitrate: 500_000})
	defer wire.Close()
	frames := wire.Attach("BCM").Subscribe(0)
	sim, err := restbus.Start(context.Background(), wire.Attach("bench"), restbus.Schedule{
		Entries: entries,
		OnMiss:  func(m restbus.Miss) { fmt.Println(m) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Stop()
	for range 2 {
		select {
		case r := <-frames.C():
			fmt.Println(r.Frame)
		case <-time.After(time.Second):
			fmt.Println("nothing within a second")
		}
	}
	// Output:
	// 100#9300B80B00000000
	// 101#0000
}
