package flash_test

import (
	"context"
	"fmt"

	"otabench/ecu/flash"
	"otabench/ecu/security"
)

func Example() {
	requests, err := flash.Plan(context.Background(), testDescription(), testPackage(asIs), security.Checksum(testDescription()))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range requests {
		if r.Phase == flash.PhaseErase {
			fmt.Printf("%v: % X\n", r.Block, r.Data)
		}
	}
	// Output:
	// manifest: 31 01 FF 00 44 00 00 80 00 00 00 10 00
	// application: 31 01 FF 00 44 00 01 00 00 00 00 01 90
}
