package ota_test

import (
	"context"
	"fmt"
	"time"

	"otabench/ecu/ota"
)

// Wait until a display shows that there is something to decide on.
func ExampleAwait() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	d := &display{}
	go d.Show(ota.View{State: ota.Offered, Title: "Update 1.1.0", Choices: []ota.Deed{ota.Download, ota.Later}})

	view, err := ota.Await(ctx, d, "the offer", func(v ota.View) bool { return v.Can(ota.Download) })
	fmt.Println(view, err)
	// Output: offered "Update 1.1.0" <nil>
}
