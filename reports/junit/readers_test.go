package junit

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/reportstest"
)

// writers are what is written, by the name of its golden file.
var writers = map[string]func(io.Writer, *reports.Run) error{"mixed": Write, "strict": Strict}

// element is an element of a document as a reader of any schema sees it.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []element  `xml:",any"`
	Text     string     `xml:",chardata"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// all calls f with the element and all within it.
func (e element) all(parent string, f func(parent string, e element)) {
	f(parent, e)
	for _, c := range e.Children {
		c.all(e.XMLName.Local, f)
	}
}

func read(t *testing.T, write func(io.Writer, *reports.Run) error, run *reports.Run) element {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, run); err != nil {
		t.Fatal(err)
	}
	var root element
	if err := xml.Unmarshal(b.Bytes(), &root); err != nil {
		t.Fatal(err)
	}
	return root
}

// worst is a run with all that can go wrong, and hostile texts.
func worst(t *testing.T) *reports.Run {
	t.Helper()
	l := reportstest.Mixed("\x00<]]>&\u202e")
	for _, o := range []record.Outcome{record.Failed, record.Failed, record.Passed, record.Void, record.Aborted, record.NotRun, "nonsense"} {
		l.Spec(reportstest.Start("b1", "again"), o, "")
		l.Spec(reportstest.Start("c"+string(o), "once"), o, "", record.Step{Text: "step"})
	}
	l.Begin(record.SpecStart{ID: "d", Line: -1})
	return derive(t, l, io.ErrUnexpectedEOF)
}

// xunit says what junit-10.xsd of Jenkins' xUnit plugin has: the attributes of each element, those that are needed with
// an exclamation mark, and its parents.
var xunit = map[string]struct{ attributes, parents string }{
	"testsuites":   {"name time tests failures errors", ""},
	"testsuite":    {"name! tests! failures! errors! group time skipped timestamp hostname id package file log url version", "testsuites testsuite"},
	"properties":   {"", "testsuite"},
	"property":     {"name! value!", "properties"},
	"testcase":     {"name! time classname group", "testsuite"},
	"failure":      {"type message", "testcase"},
	"error":        {"type message", "testcase"},
	"skipped":      {"type message", "testcase"},
	"rerunFailure": {"type! message", "testcase"},
	"stackTrace":   {"", "rerunFailure"},
	"system-out":   {"", "testsuite testcase rerunFailure"},
}

var surefireTime = regexp.MustCompile(`^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?$`)

func TestStrictIsWhatJenkinsXUnitPluginAccepts(t *testing.T) {
	read(t, Strict, worst(t)).all("", func(parent string, e element) {
		rule, known := xunit[e.XMLName.Local]
		if !known || !slices.Contains(strings.Split(rule.parents, " "), parent) {
			t.Errorf("<%s> in <%s>", e.XMLName.Local, parent)
		}
		allowed := strings.Fields(rule.attributes)
		for _, a := range e.Attrs {
			if !slices.Contains(allowed, a.Name.Local) && !slices.Contains(allowed, a.Name.Local+"!") {
				t.Errorf("<%s %s>", e.XMLName.Local, a.Name.Local)
			}
		}
		for _, name := range allowed {
			if name, needed := strings.CutSuffix(name, "!"); needed && !slices.ContainsFunc(e.Attrs, func(a xml.Attr) bool { return a.Name.Local == name }) {
				t.Errorf("<%s> without %s", e.XMLName.Local, name)
			}
		}
		if strings.HasPrefix(e.XMLName.Local, "testsuite") && !surefireTime.MatchString(e.attr("time")) {
			t.Errorf("time %q", e.attr("time"))
		}
	})
}

// casts are the values of an attribute "type" that GitLab's reader (Rails' Hash.from_xml) takes as an order to convert the
// element's text, or to refuse the document.
var casts = strings.Fields("symbol date datetime dateTime duration integer float double decimal boolean string yaml base64Binary hexBinary binary file array")

var attachmentTag = regexp.MustCompile(`\[\[ATTACHMENT\|(.+?)\]\]`)

// TestGitLab follows lib/gitlab/ci/parsers/test/junit.rb: a testcase is told by suite, class and name; of failure, error
// and skipped the first one counts; its text is shown; the first attachment of a failure is linked.
func TestGitLab(t *testing.T) {
	run := worst(t)
	run.Dir = "run"
	got, seen := map[string]int{}, map[string]bool{}
	read(t, Write, run).all("", func(_ string, e element) {
		if e.XMLName.Local != "testcase" {
			return
		}
		key := e.attr("classname") + "\x00" + e.attr("name")
		if seen[key] || e.attr("classname") == "" || e.attr("name") == "" {
			t.Errorf("testcase %q is one of two, or has no name", key)
		}
		seen[key] = true
		status, text := gitlabStatus(e)
		got[status]++
		if status == "success" {
			return
		}
		if strings.TrimSpace(text.Text) == "" || slices.Contains(casts, text.attr("type")) {
			t.Errorf("GitLab shows nothing of %s %+v", key, text)
		}
		if m := attachmentTag.FindStringSubmatch(child(e, "system-out").Text); status == "failed" && (m == nil || m[1] != "run/report.html") {
			t.Errorf("attachment %q", m)
		}
	})
	want := map[reports.Verdict]string{reports.Passed: "success", reports.Failed: "failed", reports.Marginal: "failed", reports.Void: "error", reports.Aborted: "error", reports.NotRun: "skipped"}
	count := map[string]int{"error": 1} // the run as a whole
	for _, s := range run.Specs {
		count[want[s.Verdict]]++
	}
	if fmt.Sprint(got) != fmt.Sprint(count) {
		t.Errorf("GitLab counts %v, want %v", got, count)
	}
}

func gitlabStatus(e element) (string, element) {
	for _, s := range [][2]string{{"failure", "failed"}, {"error", "error"}, {"skipped", "skipped"}} {
		if c := child(e, s[0]); c.XMLName.Local != "" {
			return s[1], c
		}
	}
	return "success", element{}
}

func child(e element, name string) element {
	for _, c := range e.Children {
		if c.XMLName.Local == name {
			return c
		}
	}
	return element{}
}
