package packages_test

import (
	"fmt"

	"otabench/bench/config"
	"otabench/bench/packages"
)

func ExampleLoad() {
	e := config.ECU{Trust: "example", Packages: map[string]string{"current": "example:current", "next": "example:next"}}
	e.Description.Programming.System, e.Description.Programming.Hardware = "BCM", "BCM-HW-2"
	set, err := packages.Load("bcm", e, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(set["next"].Manifest.Version)
	// Output: 1.1.0
}
