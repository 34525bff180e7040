package auth_test

import (
	"context"
	"errors"
	"fmt"

	"otabench/ecu/uds"
	"otabench/ecu/uds/auth"
)

func Example() {
	server := answering([]byte{0x7F, 0x29, 0x50})
	client := uds.New(server, uds.Options{Name: "bcm"})
	_, err := auth.Unidirectional(context.Background(), client, workshop())
	fmt.Println(err)
	fmt.Println(errors.Is(err, uds.CertificateInvalidTimePeriod))
	// Output:
	// bcm refuses Authentication: certificateVerificationFailed_InvalidTimePeriod (0x50)
	// true
}
