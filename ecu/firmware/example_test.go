package firmware_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"

	"otabench/ecu/firmware"
)

func Example() {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) // firmware.NewKey makes a secret one
	p, err := firmware.Build(firmware.Manifest{ECU: "BCM", Hardware: "HW-7", Version: "2.0.0", Counter: 3}, []byte("new software"), key)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p)
	fmt.Println(p.Verify(firmware.PublicKey(key)))

	p.Image[0] ^= 1
	fmt.Println(errors.Is(p.Verify(firmware.PublicKey(key)), firmware.ErrDigest))
	// Output:
	// BCM 2.0.0 for HW-7, security counter 3, 12 bytes
	// <nil>
	// true
}
