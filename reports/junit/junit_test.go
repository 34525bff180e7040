package junit

import (
	"bytes"
	"encoding/xml"
	"errors"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/reportstest"
)

func TestOnlyAPassHasNoProblem(t *testing.T) {
	for outcome, want := range map[record.Outcome]string{
		record.Passed: "", record.Failed: "failure", record.Void: "error", record.Aborted: "error", record.NotRun: "skipped",
	} {
		l := &reportstest.Log{}
		l.Spec(reportstest.Start("a1", "reads", "OTA-POST-1", "slow"), outcome, "why ]]> \x00")
		l.Add(record.End{Status: "passed"})
		c := parse(t, l, nil).Suite.Cases[0]
		got := map[bool]string{c.Failure != nil: "failure", c.Error != nil: "error", c.Skipped != nil: "skipped"}[true]
		if got != want {
			t.Errorf("%s is %q, want %q", outcome, got, want)
		}
		if c.Name != "reads [a1]" || c.Class != "Interrupted update" || c.File != "scenarios/power.go" || c.Line != 12 || c.Time != "1.000" {
			t.Errorf("testcase %+v", c)
		}
		if c.Properties.List[0].Value != "OTA-POST-1 slow" {
			t.Errorf("properties %+v", c.Properties)
		}
	}
}

func TestAnIncompleteRunHasAnError(t *testing.T) {
	l := &reportstest.Log{}
	l.Spec(reportstest.Start("a1", "reads"), record.Passed, "")
	doc := parse(t, l, errors.New("cut"))
	if doc.Errors != 1 || doc.Tests != 2 {
		t.Errorf("counts %+v", doc.counts)
	}
}

func parse(t *testing.T, l *reportstest.Log, damage error) suites {
	t.Helper()
	run, err := reports.Derive(reportstest.Header, l.Events, damage)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, run); err != nil {
		t.Fatal(err)
	}
	var doc suites
	if err := xml.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}
