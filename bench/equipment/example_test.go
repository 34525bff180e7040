package equipment_test

import (
	"context"
	"errors"
	"fmt"

	"otabench/bench/config"
	"otabench/bench/equipment"
)

// An address that means nothing is the bench file's fault, and is told apart from equipment that fails.
func ExampleOpen() {
	file := &config.File{Switches: map[string]config.Switch{"main": {Pin: "usb:relay"}}}
	_, err := equipment.Open(context.Background(), file, nil)
	var address *equipment.AddressError
	fmt.Println(errors.As(err, &address))
	fmt.Println(address)
	// Output:
	// true
	// main: address "usb:relay": want gpio:NAME or, with a simulation, virtual:NAME
}
