package reports_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/reportstest"
)

func load(t *testing.T, text []byte) *reports.Run {
	t.Helper()
	run, err := reports.Load(reportstest.Folder(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func find(t *testing.T, r *reports.Run, id string) reports.Requirement {
	t.Helper()
	for _, g := range r.Groups {
		for _, q := range g.Requirements {
			if q.ID == id {
				return q
			}
		}
	}
	t.Fatalf("no requirement %s", id)
	return reports.Requirement{}
}

func TestAMixedRun(t *testing.T) {
	r := load(t, reportstest.Mixed("x").Text(t))
	if got, want := r.Totals.String(), "1 of 4 passed, 1 failed, 1 void, 1 not run"; got != want || r.Status != reports.Failed {
		t.Errorf("%s %q, want %q", r.Status, got, want)
	}
	for id, want := range map[string]reports.Verdict{
		"UN-R156/7.2.2.1.1": reports.Passed, "OTA-POST-4": reports.Void, "OTA-MAIN-3": reports.Failed,
		"OTA-MAIN-2": reports.NotRun, "OTA-PRE-1": reports.NotCovered, "OTA-TYPO-9": reports.Void,
	} {
		if got := find(t, r, id).Verdict; got != want {
			t.Errorf("%s is %s, want %s", id, got, want)
		}
	}
	var b bytes.Buffer
	if err := reports.Terminal(&b, r, true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"expected refusal, got success", "link lost", "\x1b[1;31mFAILED", "report.html", "1 of 4 passed"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in %q", want, b.String())
		}
	}
}

func TestOneSpec(t *testing.T) {
	limit := 1.0
	for name, c := range map[string]struct {
		outcome record.Outcome
		during  []record.Body
		want    reports.Verdict
	}{
		"passed":              {record.Passed, nil, reports.Passed},
		"within limits":       {record.Passed, []record.Body{record.Measurement{Value: 1, Max: &limit}}, reports.Passed},
		"above its limit":     {record.Passed, []record.Body{record.Measurement{Value: 1.01, Max: &limit}}, reports.Failed},
		"below its limit":     {record.Passed, []record.Body{record.Measurement{Value: 0.9, Min: &limit}}, reports.Failed},
		"lost frames":         {record.Passed, []record.Body{record.Lost{Device: "can0", Frames: 1}}, reports.Void},
		"no frames lost":      {record.Passed, []record.Body{record.Lost{Device: "can0"}}, reports.Passed},
		"failed, frames lost": {record.Failed, []record.Body{record.Lost{Device: "can0", Frames: 1}}, reports.Failed},
		"failed by the bench": {record.Failed, []record.Body{record.Fault{Device: "psu"}}, reports.Void},
		"stimulus met":        {record.Failed, []record.Body{record.Stimulus{Verdict: "approximated"}}, reports.Failed},
		"stimulus not met":    {record.Failed, []record.Body{record.Stimulus{Verdict: "not met", Void: true}}, reports.Void},
		"skipped":             {record.NotRun, nil, reports.NotRun},
		"aborted":             {record.Aborted, nil, reports.Aborted},
		"misspelt":            {"PASSED", nil, reports.Void},
	} {
		l := &reportstest.Log{}
		s := reportstest.Start("a", "s", "OTA-PRE-1")
		l.Add(record.Planned{Specs: []record.SpecStart{s}})
		l.Spec(s, c.outcome, "", c.during...)
		l.Add(record.End{Status: "passed"})
		r := load(t, l.Text(t))
		if got := r.Specs[0].Verdict; got != c.want || (got != reports.Passed) != (len(r.Specs[0].Reasons) > 0) {
			t.Errorf("%s: %s %q, want %s", name, got, r.Specs[0].Reasons, c.want)
		}
		if (r.Status == reports.Passed) != (c.want == reports.Passed) {
			t.Errorf("%s: the run is %s", name, r.Status)
		}
	}
}

func TestACutRecordIsVoidAtEveryByte(t *testing.T) {
	l := &reportstest.Log{}
	s := reportstest.Start("a", "s", "OTA-PRE-1")
	l.Add(record.Planned{Specs: []record.SpecStart{s}})
	l.Spec(s, record.Passed, "")
	l.Add(record.End{Status: "passed"})
	text := l.Text(t)
	if r := load(t, text); r.Status != reports.Passed {
		t.Fatalf("whole: %s %s", r.Status, r.Reason)
	}
	for n := bytes.IndexByte(text, '\n') + 1; n < len(text); n += 7 {
		if r := load(t, text[:n]); r.Status != reports.Void || r.Incomplete == "" {
			t.Errorf("cut at %d: %s %q", n, r.Status, r.Incomplete)
		}
	}
}

func TestNothingButAPassCountsAsAPass(t *testing.T) {
	outcomes := []record.Outcome{record.Passed, record.Failed, record.Void, record.NotRun, record.Aborted, ""}
	for seed := range uint64(500) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		l, all := &reportstest.Log{}, true
		var plan []record.SpecStart
		for i := range rnd.IntN(5) {
			plan = append(plan, reportstest.Start(fmt.Sprint(i), "s", "OTA-PRE-1"))
		}
		l.Add(record.Planned{Specs: plan})
		for _, s := range plan {
			o := outcomes[0]
			if rnd.IntN(4) == 0 {
				o = outcomes[rnd.IntN(len(outcomes))]
			}
			all = all && o == record.Passed
			if o != "" {
				l.Spec(s, o, "")
			}
		}
		l.Add(record.End{Status: "passed"})
		r, err := reports.Derive(reportstest.Header, l.Events, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := all && len(plan) > 0
		if q := find(t, r, "OTA-PRE-1"); (r.Status == reports.Passed) != want || (q.Verdict == reports.Passed) != want {
			t.Fatalf("seed %d: run %s, requirement %s, all passed: %v", seed, r.Status, q.Verdict, want)
		}
	}
}

// A fault of the bench outside of specs takes every verdict from a run but a failure.
func TestAFaultOutsideOfSpecs(t *testing.T) {
	for outcome, want := range map[record.Outcome]reports.Verdict{
		record.Passed: reports.Void, record.NotRun: reports.Void, record.Failed: reports.Failed, "": reports.Void,
	} {
		l := &reportstest.Log{}
		s := reportstest.Start("a", "s")
		l.Add(record.Planned{Specs: []record.SpecStart{s}})
		l.Add(record.Fault{Device: "bcm", Text: "silent"})
		if outcome != "" {
			l.Spec(s, outcome, "")
		}
		l.Add(record.End{Status: string(outcome)})
		if r := load(t, l.Text(t)); r.Status != want {
			t.Errorf("after a spec that is %q the run is %s, want %s", outcome, r.Status, want)
		}
	}
}

func TestASuiteThatDied(t *testing.T) {
	for outcome, want := range map[record.Outcome]reports.Verdict{
		record.Passed: reports.Void, record.Failed: reports.Failed, "": reports.Void,
	} {
		l := &reportstest.Log{}
		s := reportstest.Start("a", "s")
		l.Add(record.Planned{Specs: []record.SpecStart{s}})
		if outcome != "" {
			l.Spec(s, outcome, "")
		}
		l.Add(record.End{Status: "void"})
		if r := load(t, l.Text(t)); r.Status != want {
			t.Errorf("after a spec that is %q the run is %s, want %s", outcome, r.Status, want)
		}
	}
}

func TestARepetitionDoesNotUndoAFailure(t *testing.T) {
	l := &reportstest.Log{}
	s := reportstest.Start("a", "s")
	l.Spec(s, record.Failed, "first")
	l.Spec(s, record.Passed, "")
	l.Add(record.End{Status: "passed"})
	if r := load(t, l.Text(t)); r.Status != reports.Failed {
		t.Errorf("the run is %s", r.Status)
	}
}

func TestLoadRefusesWhatIsNoRecord(t *testing.T) {
	if _, err := reports.Load(reportstest.Folder(t, []byte("{}\n"))); err == nil {
		t.Error("no error")
	}
	if _, err := reports.Load(t.TempDir()); err == nil {
		t.Error("no error for an empty folder")
	}
	pipe := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(pipe, reports.RecordFile), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := reports.Load(pipe); err == nil {
		t.Error("no error for a pipe that nobody writes to")
	}
}

func TestAPartIsNotAPass(t *testing.T) {
	l := &reportstest.Log{}
	specs := []record.SpecStart{
		reportstest.Start("a", "refuses", "OTA-ALT-1", "part:OTA-ALT-1", "OTA-POST-4"),
		reportstest.Start("b", "reverts", "OTA-POST-4", "part:OTA-POST-4"),
	}
	l.Add(record.Planned{Specs: specs})
	for _, s := range specs {
		l.Spec(s, record.Passed, "")
	}
	r := load(t, l.Text(t))
	for id, want := range map[string]reports.Verdict{"OTA-ALT-1": reports.InPart, "OTA-POST-4": reports.Passed} {
		if got := find(t, r, id).Verdict; got != want {
			t.Errorf("%s is %s, want %s", id, got, want)
		}
	}
}
