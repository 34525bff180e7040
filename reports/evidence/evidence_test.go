package evidence_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/evidence"
	"otabench/reports/evidence/key"
	"otabench/reports/evidence/statement"
	"otabench/reports/evidence/timestamp"
	"otabench/reports/evidence/timestamp/timestamptest"
	"otabench/reports/reportstest"
)

func newKey(t testing.TB, name string) *key.Key {
	t.Helper()
	k, err := key.New(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// runFolder is a run folder that is not sealed yet, with what a bench leaves.
func runFolder(t testing.TB) string {
	t.Helper()
	dir := reportstest.Folder(t, reportstest.Mixed("hello").Text(t))
	for name, text := range map[string]string{"console-bcm.log": "boot: slot A\n", "report.html": "<!doctype html>", "points/a/record.jsonl": "{}\n"} {
		write(t, filepath.Join(dir, name), text)
	}
	return dir
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func seal(t testing.TB, dir string, o evidence.Options) {
	t.Helper()
	run, err := reports.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := evidence.Seal(t.Context(), dir, run, o); err != nil {
		t.Fatal(err)
	}
}

func verify(t testing.TB, dir string, o evidence.VerifyOptions) *evidence.Verification {
	t.Helper()
	v, err := evidence.Verify(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	if v.Intact != (len(v.Findings) == 0) {
		t.Errorf("intact %v with %v", v.Intact, v.Findings)
	}
	return v
}

// edit replaces a text in a file, at its only place.
func edit(t testing.TB, path, old, text string) {
	t.Helper()
	whole := read(t, path)
	if n := bytes.Count(whole, []byte(old)); n != 1 {
		t.Fatalf("%q stands in %s %d times", old, path, n)
	}
	write(t, path, strings.Replace(string(whole), old, text, 1))
}

func TestASealedFolderIsIntact(t *testing.T) {
	dir, rack := runFolder(t), newKey(t, "rack-3")
	issued := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	seal(t, dir, evidence.Options{Key: rack, Issued: issued, Previous: strings.Repeat("0", 64)})
	v := verify(t, dir, evidence.VerifyOptions{Trusted: key.Ring{rack.Public()}, Signatures: 1})
	if !v.Intact || v.Run != "run-1" || v.Status != reports.Failed || !v.Issued.Equal(issued) || v.Files != 5 || v.Previous != strings.Repeat("0", 64) {
		t.Errorf("%+v", v)
	}
	if len(v.Signers) != 1 || v.Signers[0] != (evidence.Signer{KeyID: rack.Public().ID(), Name: "rack-3", Trusted: true}) || v.Origin != "proven by the trusted signatures" {
		t.Errorf("%+v, origin %s", v.Signers, v.Origin)
	}
	if digest, err := evidence.Digest(dir); err != nil || digest != v.Digest || len(digest) != 64 {
		t.Errorf("%s %v, want %s", digest, err, v.Digest)
	}
	if !slices.Contains(v.Notes, "the record was not compared with the raw evidence beside it") {
		t.Errorf("notes %q", v.Notes)
	}
}

func TestWhoDoesNotKnowTheKeyIsToldSo(t *testing.T) {
	rack := newKey(t, "rack-3")
	for name, tt := range map[string]struct {
		key     *key.Key
		options evidence.VerifyOptions
		origin  string
		finding string
	}{
		"nobody's":          {rack, evidence.VerifyOptions{}, "not proven: no key is known to be somebody's", ""},
		"of this run":       {nil, evidence.VerifyOptions{}, "not proven: the key was made for this run alone", ""},
		"demanded":          {rack, evidence.VerifyOptions{Trusted: key.Ring{newKey(t, "other").Public()}, Signatures: 1}, "not proven", "it has 0 of the 1 signatures by trusted keys"},
		"of this, demanded": {nil, evidence.VerifyOptions{Trusted: key.Ring{rack.Public()}, Signatures: 1}, "not proven: the key was made", "it has 0 of the 1"},
		"twice the same":    {rack, evidence.VerifyOptions{Trusted: key.Ring{rack.Public(), rack.Public()}, Signatures: 2}, "proven", "it has 1 of the 2"},
	} {
		dir := runFolder(t)
		seal(t, dir, evidence.Options{Key: tt.key})
		v := verify(t, dir, tt.options)
		if !strings.HasPrefix(v.Origin, tt.origin) || v.Signers[0].OneOff != (tt.key == nil) {
			t.Errorf("%s: origin %s, %+v", name, v.Origin, v.Signers)
		}
		if v.Intact != (tt.finding == "") || tt.finding != "" && !strings.Contains(v.Findings[0].Text, tt.finding) {
			t.Errorf("%s: %v, want %q", name, v.Findings, tt.finding)
		}
	}
}

// The first thing that is named is the file that was altered, whichever of its bytes it was.
func TestEachAlteredFileIsNamedFirst(t *testing.T) {
	dir := runFolder(t)
	seal(t, dir, evidence.Options{Key: newKey(t, "rack-3")})
	for _, name := range []string{"console-bcm.log", "report.html", "points/a/record.jsonl", "record.jsonl", evidence.EnvelopeFile, evidence.TestResultFile} {
		path := filepath.Join(dir, name)
		whole := read(t, path)
		for _, at := range []int{0, len(whole) / 2, len(whole) - 1} {
			other := bytes.Clone(whole)
			other[at] ^= 1
			write(t, path, string(other))
			v := verify(t, dir, evidence.VerifyOptions{})
			if v.Intact || v.Findings[0].File != name {
				t.Errorf("byte %d of %s: %v", at, name, v.Findings)
			}
		}
		for _, other := range []string{string(whole) + "\n", string(whole[:len(whole)-1]), ""} {
			write(t, path, other)
			if v := verify(t, dir, evidence.VerifyOptions{}); v.Intact || v.Findings[0].File != name {
				t.Errorf("%s of %d bytes: %v", name, len(other), v.Findings)
			}
		}
		write(t, path, string(whole))
	}
	if v := verify(t, dir, evidence.VerifyOptions{}); !v.Intact {
		t.Errorf("put back: %v", v.Findings)
	}
}

// A limit that was changed in the record shows by its name, and with both values.
func TestChangedLimitsShowByName(t *testing.T) {
	dir := runFolder(t)
	seal(t, dir, evidence.Options{})
	edit(t, filepath.Join(dir, "record.jsonl"), `"max":0.001`, `"max":0.002`)
	v := verify(t, dir, evidence.VerifyOptions{})
	want := `spec aa01: the upper limit of "cut latency" is 0.002 s in the record and 0.001 s in the statement`
	if v.Findings[0].File != "record.jsonl" || !slices.ContainsFunc(v.Findings, func(f evidence.Finding) bool { return f.Text == want }) {
		t.Errorf("%v", v.Findings)
	}
}

// Who changes a record and everything that follows from it has to sign again, with a key that nobody knows.
func TestWhoSealsAgainIsSomebodyElse(t *testing.T) {
	dir, rack := runFolder(t), newKey(t, "rack-3")
	seal(t, dir, evidence.Options{Key: rack})
	edit(t, filepath.Join(dir, "record.jsonl"), `"max":0.001`, `"max":0.002`)
	if err := evidence.Unseal(dir); err != nil {
		t.Fatal(err)
	}
	seal(t, dir, evidence.Options{Key: newKey(t, "rack-3")}) // a name is anybody's
	if v := verify(t, dir, evidence.VerifyOptions{}); !v.Intact || !strings.HasPrefix(v.Origin, "not proven") {
		t.Errorf("%v, origin %s", v.Findings, v.Origin)
	}
	if v := verify(t, dir, evidence.VerifyOptions{Trusted: key.Ring{rack.Public()}, Signatures: 1}); v.Intact {
		t.Error("a stranger's signature was taken for the rack's")
	}
}

func TestOtherFilesShow(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(dir string) error
		file   string
	}{
		"added":       {func(dir string) error { return os.WriteFile(dir+"/notes.txt", nil, 0o644) }, "notes.txt"},
		"hidden":      {func(dir string) error { return os.WriteFile(dir+"/.x", nil, 0o644) }, ".x"},
		"gone":        {func(dir string) error { return os.Remove(dir + "/report.html") }, "report.html"},
		"no record":   {func(dir string) error { return os.Remove(dir + "/record.jsonl") }, "record.jsonl"},
		"no result":   {func(dir string) error { return os.Remove(dir + "/" + evidence.TestResultFile) }, evidence.TestResultFile},
		"link":        {func(dir string) error { return os.Symlink("/etc/passwd", dir+"/x") }, "x"},
		"record link": {func(dir string) error { return relink(dir+"/record.jsonl", "points/a/record.jsonl") }, "record.jsonl"},
		"record pipe": {func(dir string) error {
			return errors.Join(os.Remove(dir+"/record.jsonl"), syscall.Mkfifo(dir+"/record.jsonl", 0o644))
		}, "record.jsonl"},
		"evidence pipe": {func(dir string) error {
			return errors.Join(os.Remove(dir+"/"+evidence.EnvelopeFile), syscall.Mkfifo(dir+"/"+evidence.EnvelopeFile, 0o644))
		}, evidence.EnvelopeFile},
		"evidence link": {func(dir string) error { return relink(dir+"/"+evidence.EnvelopeFile, "record.jsonl") }, evidence.EnvelopeFile},
		"evidence bomb": {func(dir string) error { return os.Truncate(dir+"/"+evidence.EnvelopeFile, 1<<40) }, evidence.EnvelopeFile},
		"record bomb":   {func(dir string) error { return os.Truncate(dir+"/record.jsonl", 1<<40) }, "record.jsonl"},
		"swapped": {func(dir string) error {
			return errors.Join(os.Remove(dir+"/"+evidence.TestResultFile), os.Link(dir+"/"+evidence.EnvelopeFile, dir+"/"+evidence.TestResultFile))
		}, evidence.TestResultFile},
		"stamp": {func(dir string) error { return os.WriteFile(dir+"/"+evidence.StampFile, []byte("x"), 0o644) }, evidence.StampFile},
	} {
		dir := runFolder(t)
		seal(t, dir, evidence.Options{})
		if err := tt.change(dir); err != nil {
			t.Fatal(err)
		}
		v := verify(t, dir, evidence.VerifyOptions{})
		if v.Intact || v.Findings[0].File != tt.file {
			t.Errorf("%s: %v, want %s", name, v.Findings, tt.file)
		}
	}
}

func relink(path, to string) error { return errors.Join(os.Remove(path), os.Symlink(to, path)) }

func TestWhatCannotBeVerified(t *testing.T) {
	if _, err := evidence.Verify(t.Context(), "missing", evidence.VerifyOptions{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	dir := runFolder(t)
	if _, err := evidence.Verify(t.Context(), dir, evidence.VerifyOptions{}); !errors.Is(err, evidence.ErrNoEvidence) {
		t.Errorf("not sealed: %v", err)
	}
	if _, err := evidence.Digest(dir); !errors.Is(err, evidence.ErrNoEvidence) || evidence.Sealed(dir) {
		t.Errorf("not sealed: %v", err)
	}
	seal(t, dir, evidence.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := evidence.Verify(ctx, dir, evidence.VerifyOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

func TestWhatIsNotSealed(t *testing.T) {
	rack := newKey(t, "rack-3")
	for name, tt := range map[string]struct {
		prepare func(t *testing.T, dir string)
		want    string
	}{
		"twice":           {func(t *testing.T, dir string) { seal(t, dir, evidence.Options{}) }, "sealed already"},
		"a private key":   {func(t *testing.T, dir string) { _, _, err := rack.Write(dir); check(t, err) }, "rack-3.pem: expected evidence, found a private key"},
		"a link":          {func(t *testing.T, dir string) { check(t, os.Symlink("x", dir+"/y")) }, "y: expected a regular file"},
		"another record":  {func(t *testing.T, dir string) { write(t, dir+"/record.jsonl", "{}\n") }, "is not the record that the verdicts were derived from"},
		"no record":       {func(t *testing.T, dir string) { check(t, os.Remove(dir+"/record.jsonl")) }, "lists no record.jsonl"},
		"an early stamp":  {func(t *testing.T, dir string) { write(t, dir+"/"+evidence.StampFile, "x") }, "before what it would be over"},
		"a linked result": {func(t *testing.T, dir string) { check(t, os.Symlink("/etc/passwd", dir+"/"+evidence.EnvelopeFile)) }, "sealed already"},
	} {
		dir := runFolder(t)
		run, err := reports.Load(dir)
		check(t, err)
		tt.prepare(t, dir)
		before := names(t, dir)
		if err := evidence.Seal(t.Context(), dir, run, evidence.Options{Key: rack}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
		if after := names(t, dir); !slices.Equal(before, after) {
			t.Errorf("%s: left %v", name, after)
		}
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func names(t testing.TB, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	check(t, err)
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestReviewersSignWhatIsIntact(t *testing.T) {
	dir, rack, reviewer := runFolder(t), newKey(t, "rack-3"), newKey(t, "reviewer")
	seal(t, dir, evidence.Options{Key: rack})
	both := evidence.VerifyOptions{Trusted: key.Ring{rack.Public(), reviewer.Public()}, Signatures: 2}
	if v := verify(t, dir, both); v.Intact || !strings.Contains(v.Findings[0].String(), "it has 1 of the 2 signatures") {
		t.Errorf("one signature: %v", v.Findings)
	}
	digest, err := evidence.Digest(dir)
	check(t, err)
	for range 2 { // the second time changes nothing
		if v, err := evidence.Sign(t.Context(), dir, reviewer, evidence.VerifyOptions{}); err != nil || len(v.Signers) != 2 {
			t.Errorf("%+v %v", v, err)
		}
	}
	v := verify(t, dir, both)
	if !v.Intact || len(v.Signers) != 2 || v.Signers[1].Name != "reviewer" || v.Digest != digest {
		t.Errorf("%+v", v)
	}
	// The reviewer's signature is altered as little as the rack's.
	for _, name := range []string{evidence.EnvelopeFile, evidence.TestResultFile} {
		whole := read(t, filepath.Join(dir, name))
		other := bytes.Clone(whole)
		other[len(other)-10] ^= 1
		write(t, filepath.Join(dir, name), string(other))
		if v := verify(t, dir, evidence.VerifyOptions{}); v.Intact || v.Findings[0].File != name {
			t.Errorf("%s: %v", name, v.Findings)
		}
		write(t, filepath.Join(dir, name), string(whole))
	}
	write(t, dir+"/console-bcm.log", "boot: slot B\n")
	third := newKey(t, "third")
	if v, err := evidence.Sign(t.Context(), dir, third, evidence.VerifyOptions{}); !errors.Is(err, evidence.ErrBroken) || v.Findings[0].File != "console-bcm.log" {
		t.Errorf("a broken folder was signed: %v", err)
	}
	if bytes.Contains(read(t, filepath.Join(dir, evidence.EnvelopeFile)), []byte(third.Public().ID())) {
		t.Error("the signature is there all the same")
	}
}

// A statement is not the word of a stranger who took out the seal's own signature and left his.
func TestTheOneWhoSealedHasToHaveSigned(t *testing.T) {
	dir, other := runFolder(t), newKey(t, "other")
	seal(t, dir, evidence.Options{Key: newKey(t, "rack-3")})
	for _, name := range []string{evidence.EnvelopeFile, evidence.TestResultFile} {
		e, err := statement.Open(read(t, filepath.Join(dir, name)))
		check(t, err)
		again, err := statement.Seal(e.Payload(), other)
		check(t, err)
		text, err := again.Bytes()
		check(t, err)
		write(t, filepath.Join(dir, name), string(text))
	}
	v := verify(t, dir, evidence.VerifyOptions{Trusted: key.Ring{other.Public()}, Signatures: 1})
	if v.Intact || !strings.Contains(v.Findings[0].Text, "did not sign both statements") {
		t.Errorf("%v", v.Findings)
	}
}

func TestChains(t *testing.T) {
	monday, tuesday, wednesday := runFolder(t), runFolder(t), runFolder(t)
	seal(t, monday, evidence.Options{})
	digest, err := evidence.Digest(monday)
	check(t, err)
	seal(t, tuesday, evidence.Options{Previous: digest})
	seal(t, wednesday, evidence.Options{Previous: digest}) // not that of Tuesday
	first, second, third := verify(t, monday, evidence.VerifyOptions{}), verify(t, tuesday, evidence.VerifyOptions{}), verify(t, wednesday, evidence.VerifyOptions{})
	second.Follows(first.Digest, monday)
	third.Follows(second.Digest, tuesday)
	if !second.Intact || third.Intact || !strings.Contains(third.Findings[0].String(), "the run does not follow "+tuesday+": expected the digest of "+tuesday) {
		t.Errorf("%v, %v", second.Findings, third.Findings)
	}
	if first.Follows("", "nothing"); first.Intact {
		t.Error("a run follows nothing")
	}
}

func TestTimeStamps(t *testing.T) {
	authority := timestamptest.New(t)
	roots, err := timestamp.ReadRoots(authority.CA)
	check(t, err)
	dir := runFolder(t)
	seal(t, dir, evidence.Options{})
	if v := verify(t, dir, evidence.VerifyOptions{Roots: roots}); !v.Intact || v.Stamp != nil || !slices.Contains(v.Notes, "no time-stamp is in the folder") {
		t.Errorf("without: %+v", v)
	}
	request, err := evidence.StampRequest(dir)
	check(t, err)
	reply := authority.Reply(t, request)
	if _, err := evidence.AddStamp(dir, reply[1:]); err == nil {
		t.Error("a spoilt reply is taken")
	}
	if _, err := evidence.AddStamp(dir, reply); err != nil {
		t.Fatal(err)
	}
	if v := verify(t, dir, evidence.VerifyOptions{}); !v.Intact || v.Stamp == nil || v.Stamp.Trusted || v.Stamp.Signatures != 1 {
		t.Errorf("nobody's: %+v %v", v.Stamp, v.Findings)
	}
	// A reviewer may sign later: the time-stamp is then over what was there before.
	if _, err := evidence.Sign(t.Context(), dir, newKey(t, "reviewer"), evidence.VerifyOptions{}); err != nil {
		t.Error(err)
	}
	if v := verify(t, dir, evidence.VerifyOptions{Roots: roots}); !v.Intact || !v.Stamp.Trusted || v.Stamp.Signatures != 1 || len(v.Signers) != 2 || v.Stamp.Authority != "CN=Test authority" {
		t.Errorf("trusted: %+v %v", v.Stamp, v.Findings)
	}
	others, err := timestamp.ReadRoots(timestamptest.New(t).CA)
	check(t, err)
	if v := verify(t, dir, evidence.VerifyOptions{Roots: others}); v.Intact || v.Findings[0].File != evidence.StampFile {
		t.Errorf("of another authority: %v", v.Findings)
	}
	for i := 0; i < len(reply); i += 97 {
		other := bytes.Clone(reply)
		other[i] ^= 1
		write(t, filepath.Join(dir, evidence.StampFile), string(other))
		if v := verify(t, dir, evidence.VerifyOptions{Roots: roots}); v.Intact || v.Findings[0].File != evidence.StampFile {
			t.Fatalf("byte %d: %v", i, v.Findings)
		}
	}
	for _, act := range []func() error{
		func() error { _, err := evidence.StampRequest(dir); return err },
		func() error { _, err := evidence.AddStamp(dir, reply); return err },
	} {
		if err := act(); err == nil || !strings.Contains(err.Error(), "time-stamp already") {
			t.Errorf("stamped twice: %v", err)
		}
	}
	another := runFolder(t)
	seal(t, another, evidence.Options{})
	if _, err := evidence.AddStamp(another, reply); err == nil || !strings.Contains(err.Error(), "over something else") {
		t.Errorf("the time-stamp of another run: %v", err)
	}
}

// What the raw evidence says otherwise than the record breaks a folder as well, and what was compared is said.
func TestRawEvidenceCounts(t *testing.T) {
	dir := runFolder(t)
	seal(t, dir, evidence.Options{})
	for name, tt := range map[string]struct {
		found []evidence.Finding
		err   error
		want  string
	}{
		"agrees": {nil, nil, ""},
		"differs": {
			[]evidence.Finding{{File: "trace.pcapng", Text: "another response", Expected: "76 11", Found: "7F 36 72"}},
			nil,
			"trace.pcapng: another response: expected 76 11, found 7F 36 72",
		},
		"fails": {nil, errors.New("the trace is cut short"), "the record cannot be compared with the raw evidence: the trace is cut short"},
	} {
		v := verify(t, dir, evidence.VerifyOptions{Rederive: func(root *os.Root, run *reports.Run) ([]string, []evidence.Finding, error) {
			if _, err := root.Stat("trace.pcapng"); err != nil || run.Header.Run != "run-1" {
				t.Errorf("%s: %v, %v", name, err, run.Header)
			}
			return []string{"131 exchanges"}, tt.found, tt.err
		}})
		if v.Intact != (tt.want == "") || tt.want != "" && v.Findings[0].String() != tt.want || !slices.Equal(v.Compared, []string{"131 exchanges"}) {
			t.Errorf("%s: %v, compared %q", name, v.Findings, v.Compared)
		}
	}
}

// The bench file in the folder is the one that the run was made with, or the run was not made with it.
func TestTheBenchFileIsTheOneOfTheRecord(t *testing.T) {
	dir := runFolder(t)
	write(t, dir+"/bench.yaml", "name: another bench\n")
	seal(t, dir, evidence.Options{})
	v := verify(t, dir, evidence.VerifyOptions{})
	if v.Intact || v.Findings[0].File != "bench.yaml" || !strings.Contains(v.Findings[0].Expected, "ab12, as the record has it") {
		t.Errorf("%v", v.Findings)
	}
}

// A stranger without otabench checks the same with openssl and jq, as the package's documentation says.
func TestOpenSSLAgrees(t *testing.T) {
	for _, tool := range []string{"openssl", "jq"} {
		reportstest.Tool(t, tool)
	}
	authority := timestamptest.New(t)
	dir := runFolder(t)
	seal(t, dir, evidence.Options{Key: newKey(t, "rack-3")})
	request, err := evidence.StampRequest(dir)
	check(t, err)
	if _, err := evidence.AddStamp(dir, authority.Reply(t, request)); err != nil {
		t.Fatal(err)
	}
	check(t, os.Link(authority.CA, dir+"/authority.pem"))
	var script []string
	for line := range strings.Lines(string(read(t, "doc.go"))) {
		if command, ok := strings.CutPrefix(line, "//\t"); ok {
			script = append(script, command)
		}
	}
	if len(script) != 7 {
		t.Fatalf("%d commands in the documentation", len(script))
	}
	shell := exec.Command("bash", "-euc", strings.Join(script, ""))
	shell.Dir = dir
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{"Signature Verified Successfully", "record.jsonl: OK", "points/a/record.jsonl: OK", "Verification: OK"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	write(t, dir+"/console-bcm.log", "boot: slot B\n")
	if out, err = exec.Command("bash", "-c", "cd "+dir+"; jq -r '.predicate.manifest[] | .sha256 + \"  \" + .path' payload.json | sha256sum -c").CombinedOutput(); err == nil || !strings.Contains(string(out), "console-bcm.log: FAILED") {
		t.Errorf("%v: %s", err, out)
	}
}

// The library of TUF and in-toto for Python takes the same signatures, and refuses the same.
func TestSecureSystemsLibAgrees(t *testing.T) {
	python := reportstest.Tool(t, "/usr/bin/python3") // the one of Debian's packages
	if err := exec.Command(python, "-c", "import securesystemslib").Run(); err != nil && os.Getenv("CI") == "" {
		t.Skipf("not checked: python3-securesystemslib is not installed: %v", err)
	}
	dir := runFolder(t)
	seal(t, dir, evidence.Options{Key: newKey(t, "rack-3")})
	if _, err := evidence.Sign(t.Context(), dir, newKey(t, "reviewer"), evidence.VerifyOptions{}); err != nil {
		t.Fatal(err)
	}
	for name, predicate := range map[string]string{evidence.EnvelopeFile: statement.OwnType, evidence.TestResultFile: statement.TestResultType} {
		path := filepath.Join(dir, name)
		if out, err := exec.Command(python, "testdata/peer.py", path).CombinedOutput(); err != nil || string(out) != predicate+" 2\n" {
			t.Errorf("%s: %v: %s", name, err, out)
		}
		text := string(read(t, path))
		at := strings.Index(text, `"sig":"`) + len(`"sig":"`)
		other := "A"
		if text[at] == 'A' {
			other = "B"
		}
		write(t, path, text[:at]+other+text[at+1:])
		if out, err := exec.Command(python, "testdata/peer.py", path).CombinedOutput(); err == nil || !strings.Contains(string(out), "UnverifiedSignatureError") {
			t.Errorf("%s altered: %v: %s", name, err, out)
		}
	}
}

// Whatever is in the evidence of a folder, it is read to its end, and never taken for what it is not.
func FuzzVerify(f *testing.F) {
	dir := runFolder(f)
	seal(f, dir, evidence.Options{})
	sealed := map[string][]byte{}
	for _, name := range []string{evidence.EnvelopeFile, evidence.TestResultFile} {
		sealed[name] = read(f, filepath.Join(dir, name))
	}
	e, err := statement.Open(sealed[evidence.EnvelopeFile])
	check(f, err)
	f.Add(e.Payload())
	f.Add([]byte(`{"_type":"https://in-toto.io/Statement/v1","predicateType":"` + statement.OwnType + `","predicate":{"manifest":[{"path":"../../etc/passwd"}]}}`))
	k := newKey(f, "stranger")
	f.Fuzz(func(t *testing.T, payload []byte) {
		forged, err := statement.Seal(payload, k)
		check(t, err)
		text, err := forged.Bytes()
		check(t, err)
		write(t, filepath.Join(dir, evidence.EnvelopeFile), string(text))
		if v := verify(t, dir, evidence.VerifyOptions{}); v.Intact {
			t.Errorf("taken: %s", payload)
		}
	})
}

func Example() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	if err := exampleRun(dir); err != nil {
		fmt.Println(err)
		return
	}
	rack, err := key.New("rack-3")
	if err != nil {
		fmt.Println(err)
		return
	}
	run, err := reports.Load(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	if err := evidence.Seal(ctx, dir, run, evidence.Options{Key: rack}); err != nil {
		fmt.Println(err)
		return
	}
	trust := evidence.VerifyOptions{Trusted: key.Ring{rack.Public()}, Signatures: 1}
	v, err := evidence.Verify(ctx, dir, trust)
	fmt.Println(v.Intact, v.Origin, err)

	if err := os.WriteFile(filepath.Join(dir, "console-bcm.log"), []byte("boot: slot B\n"), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	v, err = evidence.Verify(ctx, dir, trust)
	fmt.Println(v.Intact, v.Findings[0], err)
	// Output:
	// true proven by the trusted signatures <nil>
	// false console-bcm.log: not as it was sealed: expected no such file, found a file of 13 bytes that was not there when the folder was sealed <nil>
}

// exampleRun writes the record of a run with nothing in it.
func exampleRun(dir string) error {
	w, err := record.Create(filepath.Join(dir, reports.RecordFile), reportstest.Header)
	if err != nil {
		return err
	}
	w.Add(record.End{Status: "passed"})
	return w.Close()
}

// Only keys whose private halves are elsewhere are in the files of a sealed folder.
func TestNoPrivateKeyIsInTheEvidence(t *testing.T) {
	dir, rack := runFolder(t), newKey(t, "rack-3")
	keys := t.TempDir()
	private, _, err := rack.Write(keys)
	check(t, err)
	seal(t, dir, evidence.Options{Key: rack})
	secret := strings.Split(string(read(t, private)), "\n")[2] // the base64 of the key
	raw, err := base64.StdEncoding.DecodeString(secret)
	check(t, err)
	for name, text := range texts(t, dir) {
		for _, s := range [][]byte{[]byte(secret), raw[len(raw)-32:], fmt.Appendf(nil, "%x", raw[len(raw)-32:])} {
			if bytes.Contains(text, s) {
				t.Errorf("%s holds the private key", name)
			}
		}
	}
}

// texts are the evidence and what is in its base64.
func texts(t *testing.T, dir string) map[string][]byte {
	all := map[string][]byte{}
	for _, name := range []string{evidence.EnvelopeFile, evidence.TestResultFile} {
		all[name] = read(t, filepath.Join(dir, name))
		var e struct{ Payload []byte }
		check(t, json.Unmarshal(all[name], &e))
		all[name+" payload"] = e.Payload
	}
	return all
}
