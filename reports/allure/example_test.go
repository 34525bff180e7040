package allure_test

import (
	"fmt"
	"io/fs"
	"os"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/allure"
)

func ExampleWrite() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	root, err := os.OpenRoot(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer root.Close()
	run := &reports.Run{Header: record.Header{Run: "run-1"}, Status: reports.Passed, Specs: []*reports.Spec{
		{SpecStart: record.SpecStart{ID: "aa01", Text: "cuts the power"}, Verdict: reports.Passed},
	}}
	if err := allure.Write(root, run); err != nil {
		fmt.Println(err)
		return
	}
	entries, err := fs.ReadDir(root.FS(), allure.Folder)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range entries {
		fmt.Println(e.Name())
	}
	// Output:
	// 1d627ca2-04cf-8011-aa18-5f7fde0d9725-result.json
	// categories.json
	// environment.properties
	// executor.json
}
