package bench_test

import (
	"context"
	"fmt"
	"io"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/record"
)

func Example() {
	ctx := context.Background()
	file, err := config.Parse(embedded.Name, embedded.UnitYAML)
	if err != nil {
		fmt.Println(err)
		return
	}
	rec, err := record.NewWriter(io.Discard, record.Header{})
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := bench.Open(ctx, file, bench.Options{Record: rec})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer b.Close(ctx, "done")
	if err := b.Rail("kl30").On(ctx); err != nil {
		fmt.Println(err)
		return
	}
	id, err := b.ECU("bcm").WhoAmI(ctx)
	fmt.Println(id.Software, err)
	// Output: 1.0.0 <nil>
}
