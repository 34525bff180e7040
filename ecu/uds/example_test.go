package uds_test

import (
	"context"
	"errors"
	"fmt"

	"otabench/ecu/uds"
)

func Example() {
	s := newServer(map[string][]answer{"1002": {{0, "7F1022"}}})
	client := uds.New(s, uds.Options{Name: "bcm"})
	_, err := client.DiagnosticSessionControl(context.Background(), 0x02)
	fmt.Println(err)
	fmt.Println(errors.Is(err, uds.ConditionsNotCorrect))
	// Output:
	// bcm refuses DiagnosticSessionControl: conditionsNotCorrect (0x22)
	// true
}
