package publish_test

import (
	"fmt"

	"otabench/reports/publish"
)

func ExampleWrite() {
	_, err := publish.Write("testdata/no-such-run")
	fmt.Println(err)
	// Output: read the run in testdata/no-such-run: open testdata/no-such-run: no such file or directory
}
