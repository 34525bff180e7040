package lobster

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/catalogue"
	"otabench/reports/reportstest"
	"otabench/reports/reportstest/golden"
)

func derive(t *testing.T, l *reportstest.Log, damage error) *reports.Run {
	t.Helper()
	run, err := reports.Derive(reportstest.Header, l.Events, damage)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// read reads a trace by the rules of LOBSTER's reader.
func read(t *testing.T, write func(io.Writer, *reports.Run) error, run *reports.Run) map[string]activity {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, run); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Schema, Generator string
		Version           int
		Data              []activity
	}
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Generator == "" || !slices.Contains([]string{"lobster-act-trace 3", "lobster-req-trace 4"}, doc.Schema+" "+string(rune('0'+doc.Version))) {
		t.Errorf("schema %q version %d by %q", doc.Schema, doc.Version, doc.Generator)
	}
	items := map[string]activity{}
	for _, a := range doc.Data {
		tags := append([]string{a.Tag}, a.Refs...)
		for _, tag := range tags {
			if !regexp.MustCompile(`^[a-z]+ [^@\n]+$`).MatchString(tag) {
				t.Errorf("tag %q", tag)
			}
		}
		if _, twice := items[a.Tag]; twice || a.Framework == "" || a.Kind == "" {
			t.Errorf("item %+v", a)
		}
		if l := a.Location; l.Kind == "file" && (l.File == "" || l.Line < 0) || l.Kind != "file" && l.Kind != "void" {
			t.Errorf("location %+v", l)
		}
		items[a.Tag] = a
	}
	return items
}

func TestOnlyAPassIsOK(t *testing.T) {
	most, u := 1.0, 0.1
	for name, c := range map[string]struct {
		outcome record.Outcome
		during  []record.Body
		damage  error
		spec    string
		req     string
	}{
		"passed":             {record.Passed, nil, nil, "ok", "passed"},
		"failed":             {record.Failed, nil, nil, "fail", "failed"},
		"void":               {record.Void, nil, nil, "not run", "void"},
		"aborted":            {record.Aborted, nil, nil, "not run", "not run"},
		"not run":            {record.NotRun, nil, nil, "not run", "not run"},
		"marginal":           {record.Passed, []record.Body{record.Measurement{Value: 0.95, Max: &most, Uncertainty: &u}}, nil, "fail", "marginal"},
		"passed, run is cut": {record.Passed, nil, errors.New("cut"), "not run", "void"},
	} {
		l := &reportstest.Log{}
		l.Spec(reportstest.Start("a1", "reads", "OTA-POST-1"), c.outcome, "why", c.during...)
		l.Add(record.End{Status: "passed"})
		run := derive(t, l, c.damage)
		spec, req := read(t, Write, run)["otabench a1"], read(t, WriteRequirements, run)["req OTA-POST-1"]
		if spec.Status != c.spec || req.Status != c.req {
			t.Errorf("%s: spec %q, requirement %q", name, spec.Status, req.Status)
		}
		if (len(spec.Messages) == 0) != (c.spec == "ok") || (len(req.Messages) == 0) != (c.req == "passed") {
			t.Errorf("%s: LOBSTER takes as traced what has no message: %q, %q", name, spec.Messages, req.Messages)
		}
		if !slices.Equal(spec.Refs, []string{"req OTA-POST-1"}) {
			t.Errorf("%s: refs %q", name, spec.Refs)
		}
	}
}

func TestWhatWasLeftOutIsALinkThatWasNotRun(t *testing.T) {
	l := &reportstest.Log{}
	l.Add(record.Planned{LeftOut: []record.SpecStart{reportstest.Start("b2", "writes", "OTA-POST-2", "slow")}}, record.End{Status: "passed"})
	run := derive(t, l, nil)
	spec, req := read(t, Write, run)["otabench b2"], read(t, WriteRequirements, run)["req OTA-POST-2"]
	if spec.Status != "not run" || len(spec.Messages) != 1 || !slices.Equal(spec.Refs, []string{"req OTA-POST-2"}) {
		t.Errorf("spec %+v", spec)
	}
	if req.Status != "not run" || !strings.Contains(req.Messages[0], "1 left out") {
		t.Errorf("requirement %+v", req)
	}
}

func TestWhatIsLeftToDocumentsIsJustified(t *testing.T) {
	l := &reportstest.Log{}
	l.Add(record.End{Status: "passed"})
	q := read(t, WriteRequirements, derive(t, l, nil))["req UN-R156/7.1.1.1"]
	if q.Status != "by document" || len(q.Messages) != 0 || len(q.JustDown) != 1 || !strings.HasPrefix(q.JustDown[0], "by document: a process of the manufacturer") {
		t.Errorf("%+v", q)
	}
}

func TestARequirementOfTwoCataloguesIsOneItem(t *testing.T) {
	of := func(verdicts ...reports.Verdict) *reports.Run {
		run := &reports.Run{}
		for _, v := range verdicts {
			run.Groups = append(run.Groups, reports.Group{ID: "X", Title: "x", Requirements: []reports.Requirement{
				{Requirement: catalogue.Requirement{ID: "X-1", Reason: "a review"}, Verdict: v},
			}})
		}
		return run
	}
	for _, c := range []struct {
		verdicts            []reports.Verdict
		status              string
		messages, justified int
	}{
		{[]reports.Verdict{reports.Passed, reports.Passed}, "passed", 0, 0},
		{[]reports.Verdict{reports.Passed, reports.Failed}, "failed", 1, 0},
		{[]reports.Verdict{reports.Failed, reports.Passed}, "failed", 1, 0},
		{[]reports.Verdict{reports.OutOfScope, reports.Failed}, "failed", 1, 0},
		{[]reports.Verdict{reports.Failed, reports.OutOfScope}, "failed", 1, 0},
		{[]reports.Verdict{reports.Passed, reports.OutOfScope}, "by document", 0, 1},
		{[]reports.Verdict{reports.NotCovered, reports.Failed}, "not covered", 2, 0},
	} {
		q := read(t, WriteRequirements, of(c.verdicts...))["req X-1"]
		if q.Status != c.status || len(q.Messages) != c.messages || len(q.JustDown) != c.justified {
			t.Errorf("%v: %+v", c.verdicts, q)
		}
	}
}

func TestALabelThatNoCatalogueKnowsIsNoRequirement(t *testing.T) {
	l := &reportstest.Log{}
	l.Spec(reportstest.Start("a1", "reads", "OTA-TYPO-1"), record.Passed, "")
	l.Add(record.End{Status: "passed"})
	run := derive(t, l, nil)
	if _, known := read(t, WriteRequirements, run)["req OTA-TYPO-1"]; known {
		t.Error("LOBSTER would take it as traced")
	}
	if refs := read(t, Write, run)["otabench a1"].Refs; !slices.Equal(refs, []string{"req OTA-TYPO-1"}) {
		t.Errorf("refs %q: LOBSTER would not report it", refs)
	}
}

func TestHostileNames(t *testing.T) {
	hostile := "a@b \n\x1b[2J"
	l := &reportstest.Log{}
	l.Spec(record.SpecStart{ID: hostile, Text: hostile, Path: []string{hostile}, Labels: []string{"ota-" + hostile}, File: hostile, Line: -3}, record.Failed, hostile)
	if items := read(t, Write, derive(t, l, nil)); len(items) != 1 {
		t.Errorf("items %v", items)
	}
}

func TestGolden(t *testing.T) {
	run := derive(t, reportstest.Mixed("<b>\x1b[2J"), nil)
	for name, write := range map[string]func(io.Writer, *reports.Run) error{"trace": Write, "requirements": WriteRequirements} {
		var b bytes.Buffer
		if err := write(&b, run); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".lobster")
		golden.Compare(t, path, b.Bytes())
	}
}
