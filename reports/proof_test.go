package reports_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/reportstest"
)

// proven is the record of a run whose only spec passed, with proofs.
func proven(t *testing.T, must bool, proofs ...record.Proof) []byte {
	t.Helper()
	l := &reportstest.Log{}
	s := reportstest.Start("a", "s", "OTA-PRE-1")
	l.Add(record.Planned{Specs: []record.SpecStart{s}, Proven: must})
	for _, p := range proofs {
		l.Add(p)
	}
	l.Spec(s, record.Passed, "")
	l.Add(record.End{Status: "passed"})
	return l.Text(t)
}

func TestASuiteThatDoesNotProveItselfIsVoid(t *testing.T) {
	bad := record.Proof{Proof: record.KnownBad, Subject: "mutant", Expected: record.Failed, Got: record.Failed}
	good := record.Proof{Proof: record.Loopback, Subject: "bus", Expected: record.Passed, Got: record.Passed}
	blind, deaf, void, turned := bad, good, bad, bad
	blind.Got, deaf.Got, void.Got = record.Passed, record.Failed, record.Void
	turned.Expected, turned.Got = record.Passed, record.Passed
	for name, c := range map[string]struct {
		must   bool
		proofs []record.Proof
		want   reports.Verdict
	}{
		"both":                                 {true, []record.Proof{bad, good}, reports.Passed},
		"neither asked for nor there":          {false, nil, reports.Passed},
		"neither there":                        {true, nil, reports.Void},
		"no loopback":                          {true, []record.Proof{bad}, reports.Void},
		"no known bad":                         {true, []record.Proof{good}, reports.Void},
		"the mutant passed":                    {true, []record.Proof{blind, good}, reports.Void},
		"a second mutant passed":               {true, []record.Proof{bad, good, blind}, reports.Void},
		"the mutant's run was void":            {true, []record.Proof{void, good}, reports.Void},
		"the loopback failed":                  {true, []record.Proof{bad, deaf}, reports.Void},
		"not asked for, and the mutant passed": {false, []record.Proof{blind}, reports.Void},
		"a mutant that is expected to pass":    {true, []record.Proof{turned, good}, reports.Void},
	} {
		if r := load(t, proven(t, c.must, c.proofs...)); r.Status != c.want || (r.Reason == "") != (c.want == reports.Passed) {
			t.Errorf("%s: %s %q, want %s", name, r.Status, r.Reason, c.want)
		}
	}
}

// A proof's own record is derived again, and has to be the one that the run left, in a folder of proofs.
func TestProofsAreDerivedAgain(t *testing.T) {
	l := &reportstest.Log{}
	s := reportstest.Start("a", "s", "OTA-PRE-1")
	l.Add(record.Planned{Specs: []record.SpecStart{s}})
	l.Spec(s, record.Failed, "noticed")
	l.Add(record.End{Status: "failed"})
	own := l.Text(t)
	sum := sha256.Sum256(own)
	digest := hex.EncodeToString(sum[:])
	for name, c := range map[string]struct {
		folder, spec, digest string
		want                 string // of the reason; empty if the run passes
	}{
		"the same":          {"proofs/m", "a", digest, ""},
		"another record":    {"proofs/m", "a", "00", "not the one that the run left"},
		"another spec":      {"proofs/m", "b", digest, "has no spec"},
		"no record":         {"proofs/n", "a", digest, "cannot be read"},
		"outside":           {"../proofs/m", "a", digest, "no folder of a proof"},
		"behind a link":     {"proofs/link", "a", digest, "cannot be read"},
		"the run by itself": {".", "a", digest, "no folder of a proof"},
	} {
		bad := record.Proof{Proof: record.KnownBad, Subject: "m", Spec: c.spec, Expected: record.Failed, Got: record.Failed, Folder: c.folder, Digest: c.digest}
		good := record.Proof{Proof: record.Loopback, Expected: record.Passed, Got: record.Passed}
		dir := reportstest.Folder(t, proven(t, true, bad, good))
		outside := t.TempDir()
		for _, path := range []string{filepath.Join(dir, "proofs", "m"), filepath.Join(outside, "m")} {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(path, reports.RecordFile), own, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink(filepath.Join(outside, "m"), filepath.Join(dir, "proofs", "link")); err != nil {
			t.Fatal(err)
		}
		run, err := reports.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		if passed := c.want == ""; (run.Status == reports.Passed) != passed || !strings.Contains(run.Reason, c.want) {
			t.Errorf("%s: %s %q, want %q", name, run.Status, run.Reason, c.want)
		}
	}
}
