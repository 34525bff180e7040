package page_test

import (
	"bytes"
	"fmt"

	"otabench/reports/history"
	"otabench/reports/history/page"
)

func ExampleWrite() {
	var b bytes.Buffer
	err := page.Write(&b, history.Overview{Path: "history.db"})
	fmt.Println(bytes.HasPrefix(b.Bytes(), []byte("<!DOCTYPE html>")), err)
	// Output: true <nil>
}
