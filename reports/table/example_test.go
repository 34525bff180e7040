package table_test

import (
	"fmt"
	"strings"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/table"
)

func ExampleWrite() {
	most := 0.001
	run := &reports.Run{Specs: []*reports.Spec{{
		SpecStart:    record.SpecStart{ID: "aa01", Text: "cuts the power", Path: []string{"Interrupted update"}, Labels: []string{"OTA-POST-4"}},
		Verdict:      reports.Passed,
		Measurements: []record.Measurement{{Name: "cut latency", Value: 0.000412, Unit: "s", Max: &most, Source: "terminals"}},
	}}}
	var csv strings.Builder
	if err := table.Write(&csv, run); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(strings.ReplaceAll(csv.String(), "\r\n", "\n"))
	// Output:
	// spec_id,containers,spec,requirements,spec_verdict,name,value,unit,min,max,uncertainty,margin,verdict,source,basis,basis_of,basis_from,basis_to
	// aa01,Interrupted update,cuts the power,OTA-POST-4,passed,cut latency,0.000412,s,,0.001,,0.000588,passed,terminals,,,,
}
