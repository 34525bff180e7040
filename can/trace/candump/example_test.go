package candump_test

import (
	"fmt"
	"os"
	"strings"

	"otabench/can/trace/candump"
)

// Number the frames of a log, and tell what is lost of it.
func Example() {
	log := candump.NewReader(strings.NewReader(
		"(1436509052.249713) can0 7E0#021003 T\n(1436509052.250106) can0 7E8#065003\n"))
	out := candump.NewWriter(os.Stdout)
	for {
		rec, err := log.Next()
		if err != nil {
			fmt.Println(err)
			break
		}
		rec.ID++
		if err := out.Write("vcan0", rec.Received); err != nil {
			fmt.Println(err)
		}
	}
	if err := out.Close(); err != nil {
		fmt.Println(err)
	}
	fmt.Println(out.Losses())
	// Output:
	// EOF
	// (1436509052.249713) vcan0 7E1#021003
	// (1436509052.250106) vcan0 7E9#065003
	// [1 sent frames not told from received ones]
}
