package conditions_test

import (
	"fmt"

	"otabench/reports/conditions"
)

func ExampleChanges() {
	before := conditions.Conditions{Firmware: map[string]string{"bcm": "1.4.0"}, Bench: "ab12", Suite: "5eed"}
	after := conditions.Conditions{Firmware: map[string]string{"bcm": "1.5.0"}, Bench: "ab12", Suite: "5eed", Virtual: true}
	for _, c := range conditions.Changes(before, after) {
		fmt.Println(c)
	}
	// Output:
	// firmware of bcm: 1.4.0 → 1.5.0
	// clock: real time → virtual time
}
