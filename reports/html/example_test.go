package html_test

import (
	"bytes"
	"fmt"
	"log"
	"strings"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/html"
	"otabench/reports/reportstest"
)

func ExampleWrite() {
	l := &reportstest.Log{}
	l.Spec(reportstest.Start("a1", "says <who> it is", "OTA-POST-1"), record.Passed, "")
	l.Add(record.End{Status: "passed"})
	run, err := reports.Derive(reportstest.Header, l.Events, nil)
	if err != nil {
		log.Fatal(err)
	}
	var page bytes.Buffer
	if err := html.Write(&page, run, time.Now()); err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(page.String(), "says &lt;who&gt; it is"))
	// Output: true
}
