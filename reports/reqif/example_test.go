package reqif_test

import (
	"fmt"
	"strings"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/reqif"
)

func ExampleWrite() {
	run := &reports.Run{Header: record.Header{Run: "run-1"}, Status: reports.Passed, Specs: []*reports.Spec{
		{SpecStart: record.SpecStart{ID: "aa01", Text: "boots the previous software"}, Verdict: reports.Passed},
	}}
	var text strings.Builder
	if err := reqif.Write(&text, run); err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(text.String()) {
		if strings.Contains(line, "<TITLE>") || strings.Contains(line, "<SPEC-OBJECT ") {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	// Output:
	// <TITLE>Verdicts of run run-1</TITLE>
	// <SPEC-OBJECT IDENTIFIER="_aef63cc294e9e43613e834497c375346" LAST-CHANGE="0001-01-01T00:00:00Z" LONG-NAME="boots the previous software">
}
