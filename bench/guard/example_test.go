package guard_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/bench/guard"
	"otabench/bench/record"
)

// A suite that dies without a record: the guard writes what it found.
func ExampleRun() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	res, err := guard.Run(context.Background(), exec.Command("false"), guard.Options{
		File:   &config.File{},
		Record: filepath.Join(dir, "record.jsonl"),
		Header: record.Header{Run: "1"},
	})
	fmt.Println(res.Reason, equipment.IsSafe(*res.Safe), err)
	// Output: the suite ended with status 1 true <nil>
}
