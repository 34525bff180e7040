package junit_test

import (
	"fmt"
	"strings"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/junit"
)

func ExampleWrite() {
	run, err := reports.Derive(record.Header{Format: record.Format, Bench: "body bench", Host: "rack-3"}, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	var xml strings.Builder
	if err := junit.Write(&xml, run); err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(xml.String()) {
		if strings.Contains(line, "<error") {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	// Output: <error message="The record is incomplete: the record has no end: the run was cut short." type="void">The record is incomplete: the record has no end: the run was cut short.</error>
}
