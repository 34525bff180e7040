package diff_test

import (
	"fmt"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/diff"
)

func ExampleCompare() {
	run := func(v reports.Verdict) *reports.Run {
		spec := &reports.Spec{SpecStart: record.SpecStart{ID: "58f60f8b71", Text: "boots the previous software"}, Verdict: v, Reasons: []string{"no answer"}}
		return &reports.Run{Header: record.Header{Digest: "ab12", Suite: "5eed"}, Status: v, Specs: []*reports.Spec{spec}}
	}
	d := diff.Compare(run(reports.Passed), run(reports.Failed))
	fmt.Println(d.Worse(), d.Specs[0])
	// Output:
	// true worse: 58f60f8b71 boots the previous software passed → failed: no answer
}
