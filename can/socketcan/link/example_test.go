package link_test

import (
	"fmt"

	"otabench/can/socketcan/link"
)

// A setting that no controller takes is refused before the interface is touched.
func ExampleConfigure() {
	fmt.Println(link.Configure("can0", link.Settings{Bitrate: 500_000, DataBitrate: 250_000}))
	// Output: can0: a data bit rate of 250000 bit/s; want at least the bit rate, 500000
}
