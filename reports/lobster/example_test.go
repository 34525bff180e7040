package lobster_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/lobster"
)

func ExampleWrite() {
	spec := record.SpecStart{ID: "aa01", Text: "boots the previous software", Labels: []string{"UN-R156/7.2.2.1.1"}}
	events := []record.Event{
		{Body: spec}, {Body: record.SpecEnd{ID: "aa01", Outcome: record.Passed}}, {Body: record.End{Status: "passed"}},
	}
	run, err := reports.Derive(record.Header{}, events, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	var text strings.Builder
	if err := lobster.Write(&text, run); err != nil {
		fmt.Println(err)
		return
	}
	var trace struct {
		Data []struct {
			Tag, Status string
			Refs        []string
		}
	}
	if err := json.Unmarshal([]byte(text.String()), &trace); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(trace.Data[0].Tag, trace.Data[0].Status, trace.Data[0].Refs[0])
	// Output: otabench aa01 ok req UN-R156/7.2.2.1.1
}
