package blf_test

import (
	"fmt"
	"io"
	"os"
	"time"

	"otabench/can"
	"otabench/can/trace/blf"
)

// Write a trace with a step of the test procedure, and read it.
func Example() {
	file, err := os.CreateTemp("", "*.blf")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.Remove(file.Name())
	defer file.Close()

	out := blf.NewWriter(file, "powertrain", "body")
	out.Comment("open an extended session")
	at := time.Date(2026, 3, 1, 12, 0, 0, 250_000_001, time.UTC)
	if err := out.Write("powertrain", can.Received{Frame: can.New(0x7E0, 2, 0x10, 3), Time: at, Own: true}); err != nil {
		fmt.Println(err)
	}
	if err := out.Close(); err != nil {
		fmt.Println(err)
	}

	if _, err := file.Seek(0, io.SeekStart); err != nil {
		fmt.Println(err)
	}
	rec, err := blf.NewReader(file).Next()
	fmt.Println(rec.Time.Format("15:04:05.000000000"), rec.Bus, rec.Frame, rec.Own, rec.Comment, err)
	// Output: 12:00:00.250000001 powertrain 7E0#021003 true open an extended session <nil>
}
