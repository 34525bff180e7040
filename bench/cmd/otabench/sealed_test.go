package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	sealed "otabench/reports/evidence"
	"otabench/reports/evidence/timestamp/timestamptest"
)

// sealedRun makes a run folder with the command.
func sealedRun(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	if out, code := otabench(t, "run", "-b", "embedded:unit", "--virtual-time", "--label-filter", "gates", "-o", dir); code != exitPassed {
		t.Fatalf("status %d: %s", code, out)
	}
	return dir
}

// otabench runs the command and returns what it writes to its standard output, and its exit status.
func otabench(t *testing.T, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command("otabench", args...)
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+t.TempDir())
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	code, err := statusOf(cmd.Run())
	if err != nil {
		t.Fatalf("otabench %v: %v: %s", args, err, errs.String())
	}
	return out.String() + errs.String(), code
}

// first is the first thing that verify finds in a folder; nil if it finds none.
func first(t *testing.T, args ...string) *sealed.Finding {
	t.Helper()
	out, code := otabench(t, append([]string{"verify", "--json"}, args...)...)
	var view struct{ Runs []sealed.Verification }
	if err := json.NewDecoder(strings.NewReader(out)).Decode(&view); err != nil || len(view.Runs) != 1 {
		t.Fatalf("verify %v: %v: %s", args, err, out)
	}
	found := view.Runs[0].Findings
	if (code == exitFailed) != (len(found) > 0) || (code == exitPassed) != view.Runs[0].Intact {
		t.Errorf("status %d with %v", code, found)
	}
	if len(found) == 0 {
		return nil
	}
	return &found[0]
}

// Each file of a run's folder is altered by one byte, at its begin, in its middle and at its end. Verify names that file.
func TestEachAlteredFileOfARunIsNamed(t *testing.T) {
	dir := sealedRun(t)
	if f := first(t, dir); f != nil {
		t.Fatalf("unaltered: %v", f)
	}
	files := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		files++
		whole, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		for _, at := range []int{0, len(whole) / 2, len(whole) - 1} {
			other := bytes.Clone(whole)
			other[at] ^= 1
			if err := os.WriteFile(path, other, 0o644); err != nil {
				return err
			}
			if f := first(t, dir); f == nil || f.File != name {
				t.Errorf("byte %d of %s: %v", at, name, f)
			}
		}
		return os.WriteFile(path, whole, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 {
		t.Errorf("only %d files were altered", files)
	}
	if f := first(t, dir); f != nil {
		t.Errorf("put back: %v", f)
	}
}

func TestStampsOfAnAuthority(t *testing.T) {
	authority := timestamptest.New(t)
	dir := sealedRun(t)
	request := filepath.Join(t.TempDir(), "run.tsq")
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"stamp", dir}, exitUsage, "want one of --tsa, --request and --response"},
		{[]string{"stamp", dir, "--tsa", "x", "--request", "y"}, exitUsage, "want one of"},
		{[]string{"stamp", dir, "--tsa", "ftp://x"}, exitUsage, "want an address such as https://tsa.example/"},
		{[]string{"stamp", dir, "--tsa", "http://127.0.0.1:1/"}, exitBench, "ask for a time-stamp"},
		{[]string{"stamp", "missing", "--tsa", authority.URL}, exitUsage, "no such file"},
		{[]string{"stamp", dir, "--response", "missing"}, exitUsage, "--response: "},
		{[]string{"stamp", dir, "--request", request}, exitPassed, ""},
		{[]string{"verify", dir, "--tsa-ca", authority.CA}, exitPassed, "no time-stamp is in the folder"},
		{[]string{"stamp", dir, "--tsa", authority.URL}, exitPassed, `by "CN=Test authority"`},
		{[]string{"stamp", dir, "--tsa", authority.URL}, exitUsage, "has a time-stamp already"},
		{[]string{"verify", dir}, exitPassed, "not checked: give the authority's certificate with --tsa-ca"},
		{[]string{"verify", dir, "--tsa-ca", authority.CA}, exitPassed, "by CN=Test authority, over the statement with 1 of its 1 signatures\n"},
	} {
		if out, code := otabench(t, tt.args...); code != tt.code || !strings.Contains(out, tt.want) {
			t.Errorf("%v: status %d, %s; want %d, %q", tt.args, code, out, tt.code, tt.want)
		}
	}
	if f := first(t, dir, "--tsa-ca", timestamptest.New(t).CA); f == nil || f.File != sealed.StampFile {
		t.Errorf("another authority: %v", f)
	}

	// A bench without network has somebody else carry request and reply.
	if err := os.Remove(filepath.Join(dir, sealed.StampFile)); err != nil {
		t.Fatal(err)
	}
	asked, err := os.ReadFile(request)
	if err != nil {
		t.Fatal(err)
	}
	reply := filepath.Join(t.TempDir(), "run.tsr")
	if err := os.WriteFile(reply, authority.Reply(t, asked), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, code := otabench(t, "stamp", dir, "--response", reply, "--json"); code != exitPassed || !strings.Contains(out, `"authority": "CN=Test authority"`) {
		t.Errorf("status %d: %s", code, out)
	}
	if f := first(t, dir, "--tsa-ca", authority.CA); f != nil {
		t.Errorf("carried by hand: %v", f)
	}
}
