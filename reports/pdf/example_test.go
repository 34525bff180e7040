package pdf_test

import (
	"bytes"
	"fmt"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/pdf"
)

func ExampleWrite() {
	spec := record.SpecStart{ID: "a1", Text: "boots the previous software", Labels: []string{"OTA-POST-4"}}
	run, err := reports.Derive(record.Header{Run: "r1"}, []record.Event{
		{T: 0, Body: record.Planned{Specs: []record.SpecStart{spec}}},
		{T: 1, Spec: "a1", Body: spec},
		{T: 2, Spec: "a1", Body: record.SpecEnd{ID: "a1", Outcome: record.Passed}},
		{T: 3, Body: record.End{Status: "passed"}},
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer
	err = pdf.Write(&file, run, time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC))
	fmt.Printf("%q %v\n", file.Bytes()[:8], err)
	// Output: "%PDF-1.4" <nil>
}
