package terminal_test

import (
	"context"
	"fmt"

	"otabench/ecu/ota"
	"otabench/ecu/ota/terminal"
)

// Read an offer from the console of a master, and download it. Lines that are no view are passed over.
func Example() {
	keys := &typist{}
	d := terminal.Open(keys, terminal.Config{})
	for _, line := range []string{"kernel: wlan0 is up", `ota: {"state":"offered","title":"Update 1.1.0","choices":["download"]}`} {
		if err := d.Printed(line); err != nil {
			fmt.Println(err)
			return
		}
	}

	view, err := ota.Await(context.Background(), d, "the offer", func(v ota.View) bool { return v.Can(ota.Download) })
	fmt.Println(view, err)
	if err := d.Act(context.Background(), ota.Action{Do: ota.Download, User: "owner"}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(keys.lines)
	// Output:
	// offered "Update 1.1.0" <nil>
	// [ota download owner]
}
