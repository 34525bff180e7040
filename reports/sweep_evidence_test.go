package reports_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/reportstest"
)

// tried is a point of an update with its end.
func tried(point, phase, outcome string, at time.Duration) record.SweepResult {
	r := record.SweepResult{Point: point, Procedure: "update", Phase: phase, Fault: "cut", At: at, Outcome: outcome, Recovered: true}
	if outcome == "mixed" {
		r.Wrong = "the unit is mixed"
	}
	return r
}

func TestRepresentativesStandForEveryEnd(t *testing.T) {
	l := &reportstest.Log{}
	l.Add(
		tried("b", "boot", "old", 2), tried("a", "boot", "old", 1), tried("c", "boot", "new", 3), tried("d", "erase", "old", 4),
		tried("f", "erase", "mixed", 6), tried("e", "erase", "mixed", 5), tried("v", "erase", "void", 7), tried("m", "erase", "missed", 8),
		record.SweepResult{Point: "revert", Procedure: "revert", Fault: reports.Undisturbed, Outcome: "old", Wrong: "it fails undisturbed"},
	)
	run, err := reports.Derive(reportstest.Header, l.Events, nil)
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{0: "", 2: "e a", 99: "e a c d m"} {
		var names []string
		for _, r := range run.Sweep.Representatives(n) {
			names = append(names, r.Point)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("of %d: %s, want %s", n, got, want)
		}
	}
}

// again is the evidence of a point that ended as it did before.
func again(r record.SweepResult, folder string) record.SweepEvidence {
	return record.SweepEvidence{Point: r.Point, Folder: folder, Outcome: r.Outcome, Recovered: r.Recovered, Wrong: r.Wrong}
}

func TestPointsThatEndOtherwiseAgainMakeASweepVoid(t *testing.T) {
	old, mixed := tried("a", "boot", "old", 1), tried("b", "boot", "mixed", 2)
	same := again(old, "points/a")
	other, unmended, unknown := same, same, same
	other.Outcome, unmended.Recovered, unknown.Point = "new", false, "never tried"
	for name, tt := range map[string]struct {
		result   record.SweepResult
		evidence []record.SweepEvidence
		want     reports.Verdict
	}{
		"the same":                  {old, []record.SweepEvidence{same}, reports.Passed},
		"none":                      {old, nil, reports.Passed},
		"another outcome":           {old, []record.SweepEvidence{other}, reports.Void},
		"not mended":                {old, []record.SweepEvidence{unmended}, reports.Void},
		"of a point never tried":    {old, []record.SweepEvidence{unknown}, reports.Void},
		"wrong both times":          {mixed, []record.SweepEvidence{again(mixed, "points/b")}, reports.Failed},
		"wrong, and then not":       {mixed, []record.SweepEvidence{{Point: "b", Folder: "points/b", Outcome: "old", Recovered: true}}, reports.Void},
		"another outcome, mended":   {old, []record.SweepEvidence{other, same}, reports.Passed},
		"the same, and then not so": {old, []record.SweepEvidence{same, other}, reports.Void},
	} {
		l := &reportstest.Log{}
		l.Add(record.SweepPlan{Points: 1}, tt.result)
		for _, e := range tt.evidence {
			l.Add(e)
		}
		l.Add(record.End{Status: "passed"})
		run, err := reports.Derive(reportstest.Header, l.Events, nil)
		if err != nil {
			t.Fatal(err)
		}
		if run.Status != tt.want {
			t.Errorf("%s: %s (%s), want %s", name, run.Status, run.Reason, tt.want)
		}
	}
}

// A record may name any folder; only one below the run's own is ever opened or linked to.
func TestFoldersOfEvidenceAreNotTrusted(t *testing.T) {
	text := []byte("the record of a trial")
	sum := sha256.Sum256(text)
	outside := filepath.Join(t.TempDir(), "secret")
	for _, tt := range []struct {
		folder string
		kept   bool
	}{
		{"points/a", true},
		{"points/gone", false},
		{"points/changed", false},
		{"points/link", false},
		{"", false},
		{"points", false},
		{"points/..", false},
		{"points/../../a", false},
		{"../a", false},
		{"/points/a", false},
		{"//evil.example/points/a", false},
		{"javascript:alert(1)", false},
		{"points/a\"onclick=x", false},
		{"points/a/b", false},
		{`points\a`, false},
		{"points/a?x#y", false},
	} {
		r := tried("p", "boot", "old", 1)
		e := again(r, tt.folder)
		e.Digest = hex.EncodeToString(sum[:])
		l := &reportstest.Log{}
		l.Add(record.SweepPlan{Points: 1}, r, e, record.End{Status: "passed"})
		dir := reportstest.Folder(t, l.Text(t))
		for path, text := range map[string][]byte{filepath.Join(dir, "points/a"): text, filepath.Join(dir, "points/changed"): nil, outside: text} {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(path, reports.RecordFile), text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink(outside, filepath.Join(dir, "points/link")); err != nil {
			t.Fatal(err)
		}
		run, err := reports.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		found, ok := run.Sweep.EvidenceOf(r)
		if !ok || (found.Folder != "") != tt.kept || (len(run.Deviations) == 0) != tt.kept {
			t.Errorf("%q: %+v, deviations %v", tt.folder, found, run.Deviations)
		}
	}
}

// A trial that is recorded around a point cannot make its sweep better, and never contradicts it.
func TestTheVerdictOfATrialCounts(t *testing.T) {
	for name, tt := range map[string]struct {
		outcome record.Outcome
		lost    uint64
		point   string
		want    reports.Verdict
	}{
		"both passed":       {outcome: record.Passed, point: "old", want: reports.Passed},
		"both failed":       {outcome: record.Failed, point: "mixed", want: reports.Failed},
		"frames were lost":  {outcome: record.Passed, lost: 3, point: "old", want: reports.Void},
		"the trial is void": {outcome: record.Void, point: "old", want: reports.Void},
		"only it failed":    {outcome: record.Failed, point: "old", want: reports.Failed},
		"only the point":    {outcome: record.Passed, point: "mixed", want: reports.Failed},
		"the point is void": {outcome: record.Passed, point: "void", want: reports.Void},
	} {
		l := &reportstest.Log{}
		l.Add(record.SweepPlan{Points: 1})
		l.Spec(record.SpecStart{ID: "trial"}, tt.outcome, "", record.Lost{Device: "body", Frames: tt.lost})
		l.Add(tried("p", "boot", tt.point, 1), record.End{Status: "passed"})
		run, err := reports.Derive(reportstest.Header, l.Events, nil)
		if err != nil {
			t.Fatal(err)
		}
		if run.Status != tt.want {
			t.Errorf("%s: %s (%s), want %s", name, run.Status, run.Reason, tt.want)
		}
	}
}
