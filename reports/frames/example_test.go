package frames_test

import (
	"bytes"
	"fmt"
	"log"

	"otabench/can/trace"
	"otabench/can/trace/tracetest"
	"otabench/reports/frames"
)

func ExampleScan() {
	var file bytes.Buffer
	w := trace.NewWriter(&file)
	for i := range 1000 {
		r := tracetest.Load(i)
		if err := w.Write(r.Bus, r.Received); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	cut := tracetest.Load(500).Time.UnixNano()
	index, extracts, err := frames.Scan(&file, int64(file.Len()), []frames.Span{{From: cut - 1e6, At: cut, To: cut + 1e6, Frames: 2}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(index.Frames, "frames,", extracts[0].Count, "around the cut")
	for _, f := range extracts[0].Frames {
		fmt.Printf("%v µs on %s: %03X, %d bytes\n", (f.Time-cut)/1000, f.Bus, f.ID, f.Len)
	}
	// Output:
	// 1000 frames, 21 around the cut
	// -100 µs on can0: 2F3, 64 bytes
	// 0 µs on can0: 2F4, 8 bytes
}
