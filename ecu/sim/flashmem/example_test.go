package flashmem_test

import (
	"context"
	"fmt"
	"time"

	"otabench/ecu/sim/flashmem"
)

func Example() {
	m, err := flashmem.New(flashmem.Config{
		Banks: []flashmem.Bank{{Sectors: 4, SectorSize: 4096, EraseTime: time.Microsecond}},
		Page:  256, ProgramTime: time.Microsecond,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	fmt.Println(m.Program(ctx, 0, []byte{0x0F}))
	fmt.Println(m.Program(ctx, 0, []byte{0xF0}))
	b, _ := m.Read(0, 2)
	fmt.Printf("% X\n", b)
	// Output:
	// <nil>
	// program 0x0+0x1: the page is not erased
	// 00 FF
}
