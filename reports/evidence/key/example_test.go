package key_test

import (
	"fmt"

	"otabench/reports/evidence/key"
)

func Example() {
	rack, err := key.New("rack-3")
	if err != nil {
		fmt.Println(err)
		return
	}
	trusted := key.Ring{rack.Public()}
	known, ok := trusted.Find(rack.Public().ID())
	fmt.Println(known.Name, ok)
	// Output: rack-3 true
}
