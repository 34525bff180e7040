package reports_test

import (
	"errors"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/reportstest"
)

func TestCounted(t *testing.T) {
	for name, c := range map[string]struct {
		other  record.Outcome // of another spec
		damage error
		want   reports.Verdict
	}{
		"a whole run":                       {record.Passed, nil, reports.Passed},
		"another spec failed":               {record.Failed, nil, reports.Passed},
		"another spec is void":              {record.Void, nil, reports.Passed},
		"an incomplete record":              {record.Passed, errors.New("cut"), reports.Void},
		"an incomplete record of a failure": {record.Failed, errors.New("cut"), reports.Void},
	} {
		l := &reportstest.Log{}
		l.Spec(reportstest.Start("a", "s"), record.Passed, "")
		l.Spec(reportstest.Start("b", "s"), c.other, "")
		l.Add(record.End{Status: "passed"})
		run, err := reports.Derive(reportstest.Header, l.Events, c.damage)
		if err != nil {
			t.Fatal(err)
		}
		if got := run.Counted(run.Specs[0].Verdict); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if got := run.Counted(reports.Failed); got != reports.Failed {
			t.Errorf("%s: a failure counts as %s", name, got)
		}
	}
}
