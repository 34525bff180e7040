package reports_test

import (
	"fmt"
	"strings"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/catalogue"
	"otabench/reports/reportstest"
)

func TestCoverage(t *testing.T) {
	c, err := catalogue.Parse("c.yaml", []byte(customer), catalogue.Identity{})
	if err != nil {
		t.Fatal(err)
	}
	var suite []record.SpecStart
	for i, labels := range []string{"OTA-POST-4", "UN-R156/7.2.2.1.1", "OTA-MAIN-3", "OTA-PRE-1 part:OTA-PRE-1"} {
		suite = append(suite, reportstest.Start(fmt.Sprint(i), "s", strings.Fields(labels)...))
	}
	want := map[string]string{
		"CUST_1": "passed []", "CUST_2": "passed in part [OTA-MAIN-1]", "CUST_3": "by document [CUST_3]",
		"CUST_6": "not covered [NOBODY]", "CUST_8": "passed in part [OTA-PRE-1]",
	}
	for _, q := range reports.Coverage(c, suite).Requirements {
		if got := fmt.Sprint(q.Verdict, " ", q.Missing()); want[q.ID] != "" && got != want[q.ID] {
			t.Errorf("%s: %s, want %s", q.ID, got, want[q.ID])
		}
	}
}
