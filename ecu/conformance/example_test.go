package conformance_test

import (
	"context"
	"fmt"

	"otabench/can/isotp"
	"otabench/can/virtual"
	"otabench/ecu"
	"otabench/ecu/conformance"
	"otabench/ecu/description"
	"otabench/ecu/sim/server"
)

func Example() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	bus := virtual.NewBus("diag", virtual.Options{}) // or a socketcan.Bus
	defer bus.Close()

	// An ECU that answers SecurityAccess in its default session.
	conn, err := isotp.Open(bus.Attach("bcm"), isotp.Config{Address: isotp.Address{Tx: 0x7E8, Rx: 0x7E0}})
	if err != nil {
		fmt.Println(err)
		return
	}
	level := server.Level{SeedLength: 4, Key: func(seed []byte) []byte { return seed }}
	s, err := server.New(conn, server.Config{Security: &server.Security{Levels: map[byte]server.Level{0x01: level}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() { _ = s.Serve(ctx) }()

	tester := bus.Attach("tester")
	address := description.Address{Request: 0x7E0, Response: 0x7E8}
	bcm, err := ecu.New("bcm", description.ECU{Address: address}, tester, ecu.Hooks{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer bcm.Close()
	probe := conformance.NewProbe(bcm, tester)
	defer probe.Close()
	for _, check := range conformance.Checks()[:3] {
		finding, err := check.Run(ctx, probe)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: %s\n", finding.Check.ID, finding.Outcome)
		for _, v := range finding.Violations {
			fmt.Printf("  % X is answered with % X, want %s\n", v.Request, v.Response, v.Want)
		}
	}
	// Output:
	// service-unknown: passed
	// service-elsewhere: not applicable
	// service-default-session: failed
	//   27 is answered with 7F 27 13, want serviceNotSupportedInActiveSession (0x7F) or authenticationRequired (0x34)
}
