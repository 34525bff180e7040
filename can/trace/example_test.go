package trace_test

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"otabench/can"
	"otabench/can/trace"
)

// Record what a tap sees, and read it back.
func Example() {
	var file bytes.Buffer
	recorder := trace.NewRecorder(&file, "powertrain")
	tap := func(r can.Received) { recorder.Record("powertrain", r) }

	recorder.Step("open an extended session")
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tap(can.Received{Frame: can.New(0x7E0, 2, 0x10, 3), Time: at, Own: true})
	tap(can.Received{Frame: can.New(0x7E8, 2, 0x50, 3), Time: at.Add(1500 * time.Microsecond)})
	if err := recorder.Close(); err != nil {
		fmt.Println(err)
	}

	for r := trace.NewReader(&file); ; {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Printf("%s %s %03X own=%v %s\n", rec.Time.Format("05.000000"), rec.Bus, rec.ID, rec.Own, rec.Comment)
	}
	// Output:
	// 00.000000 powertrain 7E0 own=true open an extended session
	// 00.001500 powertrain 7E8 own=false
}
