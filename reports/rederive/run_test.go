package rederive_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"otabench/reports"
	"otabench/reports/rederive"
)

// filter chooses specs with each kind of evidence: measurements, triggers, refusals, pending responses, a console.
const filter = "voltage && transfer || crank && transfer || timing-p2 || timing-pending || energy || UN-R156/7.2.2.1.3 && !crank"

var scratch string

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "rederive"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(scratch)
	os.Exit(code)
}

// genuine is a run of the suite on the embedded unit, which all tests share and none changes.
var genuine = sync.OnceValues(func() (string, error) {
	command := filepath.Join(scratch, "otabench")
	if out, err := exec.Command("go", "build", "-o", command, "otabench/bench/cmd/otabench").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	dir := filepath.Join(scratch, "run")
	out, err := exec.Command(command, "run", "--virtual-time", "-b", "embedded:unit", "--label-filter", filter, "-o", dir).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return dir, nil
})

// folder has the files of the genuine run. They are links, so one that is altered has to be replaced.
func folder(t *testing.T) string {
	t.Helper()
	from, err := genuine()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.Link(filepath.Join(from, e.Name()), filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func check(t *testing.T, dir string) rederive.Result {
	t.Helper()
	run, err := reports.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	r, err := rederive.Check(root, run)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestGenuineRunAgrees(t *testing.T) {
	r := check(t, folder(t))
	for _, f := range r.Findings {
		t.Error(f)
	}
	for _, u := range r.Uncompared {
		t.Error(u)
	}
	for what, n := range map[string]int{
		"exchanges": r.Exchanges, "messages": r.Messages, "triggers": r.Triggers, "samples": r.Samples,
		"readings": r.Readings, "lines": r.Lines, "specs": r.Specs, "steps": r.Steps,
		"measurements": r.Measurements.Derived, "files": r.Files,
	} {
		if n == 0 {
			t.Errorf("no %s were compared", what)
		}
	}
}
