package tracefile_test

import (
	"fmt"
	"os"
	"strings"

	"otabench/can/trace/tracefile"
)

// Convert what CANoe wrote into a log for canplayer.
func Example() {
	const log = `date Sun Mar 1 12:00:00.250 pm 2026
base hex  timestamps absolute
no internal events logged
//otabench:start 2026-03-01T12:00:00.250Z
   0.500000 1  7E0   Tx   d 3 02 10 03
   0.501000 1  7E8   Rx   d 3 02 50 03
`
	src, format, err := tracefile.NewSource(strings.NewReader(log))
	if err != nil {
		fmt.Println(err)
		return
	}
	dst, err := tracefile.NewSink(os.Stdout, tracefile.Candump)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := tracefile.Copy(dst, src)
	fmt.Println(format, report, err)
	// Output:
	// (1772366400.750000) can0 7E0#021003
	// (1772366400.751000) can0 7E8#025003
	// asc 2 frames; lost in writing: 1 sent frames not told from received ones <nil>
}
