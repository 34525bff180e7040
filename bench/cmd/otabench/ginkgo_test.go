package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/onsi/ginkgo/v2/types"

	"otabench/reports"
)

// ginkgo.json is what Ginkgo's own tools read, and has the specs of the record with the same ends.
func TestGinkgoReadsItsOwnFormat(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if out, err := exec.CommandContext(t.Context(), "otabench", "run", "-b", "embedded:unit", "--virtual-time", "--label-filter", "OTA-PRE-2", "-o", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, ginkgoFile))
	if err != nil {
		t.Fatal(err)
	}
	var suites []types.Report
	if err := json.Unmarshal(text, &suites); err != nil || len(suites) != 1 {
		t.Fatalf("%d suites, %v", len(suites), err)
	}
	run, err := reports.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	passed := map[string]int{} // by text
	for _, s := range suites[0].SpecReports.WithLeafNodeType(types.NodeTypeIt).WithState(types.SpecStatePassed) {
		passed[s.LeafNodeText]++
	}
	for _, s := range run.Specs {
		passed[s.Text]--
	}
	for text, n := range passed {
		if n != 0 {
			t.Errorf("%q: %d more in ginkgo.json than in the record", text, n)
		}
	}
	if len(run.Specs) == 0 || !suites[0].SuiteSucceeded || run.Status != reports.Passed {
		t.Errorf("%d specs, Ginkgo says %v, the record %s", len(run.Specs), suites[0].SuiteSucceeded, run.Status)
	}
}
