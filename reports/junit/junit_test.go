package junit

import (
	"bytes"
	"encoding/xml"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/reportstest"
	"otabench/reports/reportstest/golden"
)

func TestOnlyAPassHasNoProblem(t *testing.T) {
	for outcome, want := range map[record.Outcome]string{
		record.Passed: "", record.Failed: "failure", record.Void: "error", record.Aborted: "error", record.NotRun: "skipped",
	} {
		l := &reportstest.Log{}
		l.Spec(reportstest.Start("a1", "reads", "OTA-POST-1", "slow"), outcome, "why ]]> \x00")
		l.Add(record.End{Status: "passed"})
		c := parse(t, derive(t, l, nil)).Suite.Cases[0]
		if got := problemOf(c); got != want {
			t.Errorf("%s is %q, want %q", outcome, got, want)
		}
		if c.Name != "reads [a1]" || c.Class != "Interrupted update" || c.File != "scenarios/power.go" || c.Line != 12 || c.Time != "1.000" {
			t.Errorf("testcase %+v", c)
		}
		if c.Properties.List[1].Value != "OTA-POST-1 slow" {
			t.Errorf("properties %+v", c.Properties)
		}
	}
}

func problemOf(c testcase) string {
	return map[bool]string{c.Failure != nil: "failure", c.Error != nil: "error", c.Skipped != nil: "skipped"}[true]
}

func TestMarginalFailsAndSaysSo(t *testing.T) {
	l, most, u := &reportstest.Log{}, 1.0, 0.1
	m := record.Measurement{Name: "latency", Value: 0.95, Unit: "s", Max: &most, Uncertainty: &u}
	l.Spec(reportstest.Start("a1", "reads"), record.Passed, "", m, m)
	l.Add(record.End{Status: "passed"})
	c := parse(t, derive(t, l, nil)).Suite.Cases[0]
	if c.Failure == nil || c.Failure.Type != "marginal" || !strings.Contains(c.Failure.Message, "uncertainty") {
		t.Errorf("failure %+v", c.Failure)
	}
	want := []property{
		{"verdict", "marginal"},
		{"requirements", ""},
		{"measurement latency", "0.95 s, ≤ 1 s, marginal"},
		{"measurement latency (2)", "0.95 s, ≤ 1 s, marginal"},
	}
	for i, p := range c.Properties.List {
		if p != want[i] {
			t.Errorf("property %d is %q, want %q", i, p, want[i])
		}
	}
}

func TestARepetitionThatPassesDoesNotHideAFailure(t *testing.T) {
	for name, c := range map[string]struct {
		ends   []record.Outcome
		want   string
		reruns int
	}{
		"failed, then passed":         {[]record.Outcome{record.Failed, record.Passed}, "failure", 0},
		"passed, then failed":         {[]record.Outcome{record.Passed, record.Failed, record.Passed}, "failure", 0},
		"failed, failed, then passed": {[]record.Outcome{record.Failed, record.Failed, record.Passed}, "failure", 1},
		"passed twice":                {[]record.Outcome{record.Passed, record.Passed}, "", 0},
	} {
		l := &reportstest.Log{}
		for _, o := range c.ends {
			l.Spec(reportstest.Start("a1", "reads"), o, "the reason for "+string(o))
		}
		l.Add(record.End{Status: "passed"})
		got := parse(t, derive(t, l, nil)).Suite.Cases[0]
		if problemOf(got) != c.want || len(got.Reruns) != c.reruns {
			t.Errorf("%s: %q with %d reruns", name, problemOf(got), len(got.Reruns))
		}
		if says := strings.Contains(got.SystemOut, "times, and the worst end counts: "+string(c.ends[0])); says != (c.want != "") {
			t.Errorf("%s: output %q", name, got.SystemOut)
		}
	}
}

func TestAnIncompleteRunHasAnError(t *testing.T) {
	l := &reportstest.Log{}
	l.Spec(reportstest.Start("a1", "reads"), record.Passed, "")
	doc := parse(t, derive(t, l, errors.New("cut")))
	if doc.Errors != 1 || doc.Tests != 2 {
		t.Errorf("counts %+v", doc.counts)
	}
}

func TestTheRunAsAWholeIsShownWhereItsSpecsDoNotShowIt(t *testing.T) {
	plan := record.SweepPlan{Points: 1}
	for name, c := range map[string]struct {
		bodies []record.Body
		want   string // kind of the testcase; "none" without one
	}{
		"all passed":     {[]record.Body{record.End{Status: "passed"}}, "none"},
		"one not run":    {[]record.Body{record.Planned{Specs: []record.SpecStart{{ID: "b"}}}, record.End{Status: "passed"}}, "error"},
		"sweep passed":   {[]record.Body{plan, record.SweepResult{Point: "p", Outcome: "old", Recovered: true}, record.End{Status: "passed"}}, ""},
		"sweep failed":   {[]record.Body{plan, record.SweepResult{Point: "p", Outcome: "bricked"}, record.End{Status: "failed"}}, "failure"},
		"sweep void":     {[]record.Body{plan, record.SweepResult{Point: "p", Outcome: "void"}, record.End{Status: "passed"}}, "error"},
		"sweep not done": {[]record.Body{plan, record.End{Status: "passed"}}, "error"},
	} {
		l := &reportstest.Log{}
		l.Spec(reportstest.Start("a1", "reads"), record.Passed, "")
		l.Add(c.bodies...)
		got := "none"
		for _, tc := range parse(t, derive(t, l, nil)).Suite.Cases {
			if tc.Name == "the run as a whole" {
				got = problemOf(tc)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestSpecsThatLookAlikeStayTwo(t *testing.T) {
	l := &reportstest.Log{}
	l.Spec(reportstest.Start("\x00", "reads"), record.Failed, "")
	l.Spec(reportstest.Start("[U+0000]", "reads"), record.Passed, "")
	cases := parse(t, derive(t, l, nil)).Suite.Cases
	if cases[0].Name == cases[1].Name {
		t.Errorf("both are named %q", cases[0].Name)
	}
}

func TestTenThousandFailuresFitIntoWhatGitLabReads(t *testing.T) {
	l := &reportstest.Log{}
	message := strings.Repeat("expected \x1b and <got> & nothing\n", 200)
	for i := range 10_000 {
		l.Spec(reportstest.Start(string(rune('a'+i%26))+strings.Repeat("x", i/26), "reads"), record.Failed, message)
	}
	run := derive(t, l, nil)
	var b bytes.Buffer
	if err := Write(&b, run); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 30_000_000 {
		t.Errorf("%d bytes", b.Len())
	}
	if n := strings.Count(b.String(), "<failure message=\"expected [U+001B]"); n != 10_000 {
		t.Errorf("%d failures with a message", n)
	}
}

func TestFilesAreNamedFromWhereTheJobBegan(t *testing.T) {
	workspace := t.TempDir()
	t.Chdir(workspace)
	for dir, want := range map[string]string{
		"run":                           "[[ATTACHMENT|run/report.html]]\n",
		filepath.Join(workspace, "run"): "[[ATTACHMENT|run/report.html]]\n",
		"/elsewhere/run":                "[[ATTACHMENT|/elsewhere/run/report.html]]\n",
		"run]]":                         "",
		"a|b":                           "",
		"a\nb":                          "",
	} {
		if got := attachment(&reports.Run{Dir: dir}, "report.html"); got != want {
			t.Errorf("%q: %q, want %q", dir, got, want)
		}
	}
}

func TestAUnitCannotNameFiles(t *testing.T) {
	l := &reportstest.Log{}
	l.Spec(reportstest.Start("a1", "reads"), record.Failed, "[[ATTACHMENT|/etc/passwd]]",
		record.ConsoleLine{ECU: "bcm", Text: "[[ATTACHMENT|/etc/passwd]]"}, record.Step{Text: "[[[ATTACHMENT|/etc/passwd]]"})
	out := parse(t, derive(t, l, nil)).Suite.Cases[0].SystemOut
	if n := strings.Count(out, "[[ATTACHMENT|"); n != 1 || !strings.Contains(out, "[ [ATTACHMENT|/etc/passwd") {
		t.Errorf("output %q", out)
	}
}

func TestGolden(t *testing.T) {
	l := reportstest.Mixed("<b>&\x1b[2J")
	for _, o := range []record.Outcome{record.Failed, record.Failed, record.Passed} {
		l.Spec(reportstest.Start("aa05", "wakes up", "OTA-POST-1"), o, "no answer", record.Step{Text: "wake the bus"})
	}
	run := derive(t, l, errors.New("the record is cut short"))
	run.Dir, run.Files, run.Digest = "run", []string{"bench.yaml", "trace.pcapng"}, "cd34"
	for name, write := range writers {
		var b bytes.Buffer
		if err := write(&b, run); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".xml")
		golden.Compare(t, path, b.Bytes())
	}
}

func derive(t *testing.T, l *reportstest.Log, damage error) *reports.Run {
	t.Helper()
	run, err := reports.Derive(reportstest.Header, l.Events, damage)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// document is what a reader finds.
type document struct {
	counts
	Suite struct {
		Cases []testcase `xml:"testcase"`
	} `xml:"testsuite"`
}

func parse(t *testing.T, run *reports.Run) document {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, run); err != nil {
		t.Fatal(err)
	}
	var doc document
	if err := xml.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}
