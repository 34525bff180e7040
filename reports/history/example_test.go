package history_test

import (
	"fmt"
	"os"
	"path/filepath"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/history"
)

func Example() {
	dir, err := os.MkdirTemp("", "history")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	db, err := history.Open(filepath.Join(dir, "history.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	for _, v := range []reports.Verdict{reports.Passed, reports.Failed, reports.Passed} {
		n, _ := db.Count("")
		spec := &reports.Spec{SpecStart: record.SpecStart{ID: "58f60f8b71", Text: "boots the previous software"}, Verdict: v, Reasons: []string{"no answer"}}
		run := &reports.Run{
			Header: record.Header{Run: fmt.Sprint("run-", n), Digest: "ab12", Suite: "5eed"}, Digest: fmt.Sprint(n), Status: v, Specs: []*reports.Spec{spec},
		}
		if err := db.Add(run); err != nil {
			fmt.Println(err)
		}
	}
	flaky, err := db.Flaky("")
	for _, f := range flaky {
		fmt.Printf("%s: %d passed, %d failed: %s\n", f.Name, f.Passed, f.Failed, f.Reason)
	}
	fmt.Println(err)
	// Output:
	// boots the previous software: 2 passed, 1 failed: no answer
	// <nil>
}
