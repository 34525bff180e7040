package allure

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/reportstest"
	"otabench/reports/reportstest/golden"
)

// written writes the results of a run into a folder of their own.
func written(t *testing.T, l *reportstest.Log, damage error) (*os.Root, *reports.Run) {
	t.Helper()
	run, err := reports.Derive(reportstest.Header, l.Events, damage)
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := root.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := Write(root, run); err != nil {
		t.Fatal(err)
	}
	return root, run
}

// results reads what Allure reads, and fails the test for a result that names a file that is not there.
func results(t *testing.T, root *os.Root) map[string]result {
	t.Helper()
	all := map[string]result{}
	for name, text := range contents(t, root) {
		if !strings.HasSuffix(name, "-result.json") {
			continue
		}
		var r result
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, a := range r.Attachments {
			if _, err := root.Stat(filepath.Join(Folder, a.Source)); err != nil || filepath.Base(a.Source) != a.Source {
				t.Errorf("%s names %q: %v", name, a.Source, err)
			}
		}
		all[r.FullName] = r
	}
	return all
}

func contents(t *testing.T, root *os.Root) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := fs.WalkDir(root.FS(), Folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := root.ReadFile(path)
		all[d.Name()] = text
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestOnlyAPassIsPassed(t *testing.T) {
	most, u := 1.0, 0.1
	for name, c := range map[string]struct {
		outcome record.Outcome
		during  []record.Body
		status  status
		begins  string
	}{
		"passed":   {record.Passed, nil, passed, ""},
		"failed":   {record.Failed, nil, failed, "failed: "},
		"void":     {record.Void, nil, broken, "void: "},
		"aborted":  {record.Aborted, nil, broken, "aborted: "},
		"not run":  {record.NotRun, nil, skipped, "not run: "},
		"nonsense": {"nonsense", nil, broken, "void: "},
		"marginal": {record.Passed, []record.Body{record.Measurement{Value: 0.95, Max: &most, Uncertainty: &u}}, failed, "marginal: "},
	} {
		l := &reportstest.Log{}
		l.Spec(reportstest.Start("a1", "reads"), c.outcome, "marginal: says the unit", c.during...)
		l.Add(record.End{Status: "passed"})
		root, _ := written(t, l, nil)
		got := results(t, root)["Interrupted update / reads"]
		if got.Status != c.status || (got.Details == nil) != (c.status == passed) {
			t.Errorf("%s: %s %+v", name, got.Status, got.Details)
			continue
		}
		if got.Details != nil && !strings.HasPrefix(got.Details.Message, c.begins) {
			t.Errorf("%s: message %q", name, got.Details.Message)
		}
		if c.status != passed && len(matching(got)) != 1 {
			t.Errorf("%s is in categories %q", name, matching(got))
		}
	}
}

// matching are the categories that Allure finds for a result.
func matching(r result) (names []string) {
	for _, c := range categories {
		for _, s := range c.Statuses {
			if s == r.Status && regexp.MustCompile(`(?s)^(?:`+c.Message+`)$`).MatchString(r.Details.Message) {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

func TestARepetitionThatPassesIsNoResultOfItsOwn(t *testing.T) {
	l := &reportstest.Log{}
	l.Spec(reportstest.Start("a1", "reads"), record.Failed, "no answer")
	l.Spec(reportstest.Start("a1", "reads"), record.Passed, "")
	l.Add(record.End{Status: "failed"})
	root, _ := written(t, l, nil)
	all := results(t, root)
	if got := all["Interrupted update / reads"]; len(all) != 1 || got.Status != failed || got.Parameters[1].Value != "2, of which the worst counts" {
		t.Errorf("%+v", all)
	}
}

func TestARunThatIsNotWholeIsBroken(t *testing.T) {
	l := &reportstest.Log{}
	l.Spec(reportstest.Start("a1", "reads"), record.Passed, "")
	root, _ := written(t, l, errors.New("cut"))
	got := results(t, root)["the run as a whole"]
	if got.Status != broken || got.Details.Message != "void: The record is incomplete: cut." {
		t.Errorf("%+v", got)
	}
}

func TestResultsAreTheSameAgainAndHistoryGoesOn(t *testing.T) {
	l := reportstest.Mixed("x")
	root, run := written(t, l, nil)
	first, before := contents(t, root), results(t, root)
	if err := root.WriteFile(filepath.Join(Folder, "of-an-older-run-result.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(root, run); err != nil {
		t.Fatal(err)
	}
	second := contents(t, root)
	if len(first) != len(second) {
		t.Errorf("%d files, and %d when written again", len(first), len(second))
	}
	for name, text := range first {
		if !bytes.Equal(text, second[name]) {
			t.Errorf("%s differs when it is written again", name)
		}
	}
	run.Header.Run = "run-2"
	if err := Write(root, run); err != nil {
		t.Fatal(err)
	}
	for name, r := range results(t, root) {
		if o := before[name]; o.HistoryID != r.HistoryID || o.UUID == r.UUID {
			t.Errorf("%s: history %s and %s, id %s and %s", name, o.HistoryID, r.HistoryID, o.UUID, r.UUID)
		}
	}
}

func TestHostileNamesStayInTheFolder(t *testing.T) {
	hostile := "../../x\x00\x1b[2J\u202e<script>" + strings.Repeat("A", 1<<16)
	l := reportstest.Mixed(hostile)
	s := record.SpecStart{ID: "/etc/" + hostile, Text: hostile, Path: []string{hostile, hostile, hostile, hostile}, Labels: []string{hostile}, File: hostile}
	l.Spec(s, record.Failed, hostile, record.Step{Text: hostile}, record.ConsoleLine{ECU: hostile, Text: hostile},
		record.Sample{Rail: hostile, Source: hostile, Volts: 1e300}, record.Sample{Rail: "kl30", Volts: -1e300},
		record.Measurement{Name: hostile, Unit: hostile, Source: hostile})
	root, _ := written(t, l, nil)
	if len(results(t, root)) != 5 {
		t.Errorf("results %v", results(t, root))
	}
	for name, text := range contents(t, root) {
		if !regexp.MustCompile(`^[0-9a-f-]{36}-[a-z]+\.[a-z]+$|^(categories|executor)\.json$|^environment\.properties$`).MatchString(name) {
			t.Errorf("file %q", name)
		}
		for _, bad := range []string{"\x00", "\x1b", "\u202e", strings.Repeat("A", 1<<15)} {
			if bytes.Contains(text, []byte(bad)) {
				t.Errorf("%s holds %.20q", name, bad)
			}
		}
		if strings.HasSuffix(name, ".svg") && (bytes.Contains(text, []byte("<script")) || bytes.Contains(text, []byte("NaN")) || bytes.Contains(text, []byte("Inf"))) {
			t.Errorf("%s holds %q", name, text)
		}
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil || len(entries) != 1 {
		t.Errorf("the run folder holds %v, %v", entries, err)
	}
}

func TestALinkInTheRunFolderLeadsNowhere(t *testing.T) {
	outside := t.TempDir()
	dir := t.TempDir()
	for _, name := range []string{Folder, unfinished} {
		if err := os.Symlink(outside, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := Write(root, &reports.Run{}); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 0 {
		t.Errorf("written outside: %v, %v", entries, err)
	}
	if info, err := root.Lstat(Folder); err != nil || !info.IsDir() {
		t.Errorf("no folder of results: %v", err)
	}
}

func TestOfManySpecsOnlyThoseThatDidNotPassHaveAttachments(t *testing.T) {
	l := &reportstest.Log{}
	for i := range reports.Many + 1 {
		o := record.Passed
		if i == 7 {
			o = record.Failed
		}
		l.Spec(reportstest.Start(strconv.Itoa(i), strconv.Itoa(i)), o, "no answer", record.Measurement{Name: "latency"}, record.ConsoleLine{Text: "boot"})
	}
	l.Add(record.End{Status: "failed"})
	root, _ := written(t, l, nil)
	for name, r := range results(t, root) {
		if want := map[status]int{passed: 0, failed: 2}[r.Status]; len(r.Attachments) != want {
			t.Errorf("%s is %s and has %d attachments", name, r.Status, len(r.Attachments))
		}
	}
}

func TestProperties(t *testing.T) {
	for given, want := range map[string]string{"a b": `a\ b`, "a=b:c": `a\=b\:c`, `\`: `\\`, "ü": `\u00fc`, "🚗": `\ud83d\ude97`, "\n": `\u000a`} {
		if got := property(given, keyCharacters); got != want {
			t.Errorf("%q is written as %s, want %s", given, got, want)
		}
	}
}

func TestGolden(t *testing.T) {
	root, _ := written(t, reportstest.Mixed("<b>\x1b[2J"), nil)
	var b bytes.Buffer
	err := fs.WalkDir(root.FS(), Folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := root.ReadFile(path)
		if strings.HasSuffix(path, ".json") {
			var pretty bytes.Buffer
			err = errors.Join(err, json.Indent(&pretty, text, "", "  "))
			text = pretty.Bytes()
		}
		b.WriteString("== " + path + "\n" + strings.ReplaceAll(string(text), "\r\n", "\n"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "mixed.txt")
	golden.Compare(t, path, b.Bytes())
}
