package asc_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	"otabench/can"
	"otabench/can/trace/asc"
)

// Write a trace with a step of the test procedure, and read one that CANoe might have written.
func Example() {
	out := asc.NewWriter(os.Stdout, time.UTC)
	out.Comment("open an extended session")
	at := time.Date(2026, 3, 1, 12, 0, 0, 250_000_000, time.UTC)
	if err := out.Write("powertrain", can.Received{Frame: can.New(0x7E0, 2, 0x10, 3), Time: at, Own: true}); err != nil {
		fmt.Println(err)
	}
	if err := out.Close(); err != nil {
		fmt.Println(err)
	}

	const log = "date Son Mär 1 12:00:00.250 2026\nbase hex  timestamps absolute\n   1.500000 2  7E8   Rx   d 2 50 03\n"
	rec, err := asc.NewReader(strings.NewReader(log), time.UTC).Next()
	fmt.Println(rec.Time.Format("15:04:05.000"), rec.Bus, rec.Frame, err)
	// Output:
	// date Sun Mar 1 12:00:00.250 pm 2026
	// base hex  timestamps absolute
	// no internal events logged
	// //otabench:start 2026-03-01T12:00:00.250Z
	// Begin Triggerblock Sun Mar 1 12:00:00.250 pm 2026
	//    0.000000 Start of measurement
	// //otabench:bus 1 powertrain
	// // open an extended session
	//    0.000000 1  7E0             Tx   d 3 02 10 03
	// End TriggerBlock
	// 12:00:01.750 can1 7E8#5003 <nil>
}
