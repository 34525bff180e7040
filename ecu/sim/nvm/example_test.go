package nvm_test

import (
	"context"
	"fmt"

	"otabench/ecu/sim/flashmem"
	"otabench/ecu/sim/nvm"
)

func Example() {
	flash, err := flashmem.New(flashmem.Config{Banks: []flashmem.Bank{{Sectors: 2, SectorSize: 4096}}, Page: 256})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	s := nvm.New(flash, 0, 4096, 4096)
	_, err = s.Open(ctx)
	fmt.Println(err)
	fmt.Println(s.Write(ctx, []byte("slot A")))
	record, err := nvm.New(flash, 0, 4096, 4096).Open(ctx)
	fmt.Printf("%s %v\n", record, err)
	// Output:
	// no whole copy of the record
	// <nil>
	// slot A <nil>
}
