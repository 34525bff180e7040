package reqif

import (
	"bytes"
	"encoding/xml"
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/catalogue"
	"otabench/reports/reportstest"
	"otabench/reports/reportstest/golden"
)

// element is an element as any reader sees it.
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

// find returns all elements of a name within the element.
func (e element) find(name string) (all []element) {
	if e.XMLName.Local == name {
		all = append(all, e)
	}
	for _, c := range e.Children {
		all = append(all, c.find(name)...)
	}
	return all
}

func derive(t *testing.T, l *reportstest.Log, damage error) *reports.Run {
	t.Helper()
	run, err := reports.Derive(reportstest.Header, l.Events, damage)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// read reads a document, and fails the test for an identifier that is none or occurs twice, and for a reference to nothing.
func read(t *testing.T, run *reports.Run) element {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, run); err != nil {
		t.Fatal(err)
	}
	var root element
	if err := xml.Unmarshal(b.Bytes(), &root); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{} // by identifier
	var walk func(e element, f func(element))
	walk = func(e element, f func(element)) {
		f(e)
		for _, c := range e.Children {
			walk(c, f)
		}
	}
	walk(root, func(e element) {
		id := e.attr("IDENTIFIER")
		switch {
		case id == "":
		case !regexp.MustCompile(`^_[0-9a-f]{32}$`).MatchString(id):
			t.Errorf("identifier %q", id)
		case kinds[id] != "":
			t.Errorf("%s and %s are both %s", kinds[id], e.XMLName.Local, id)
		}
		kinds[id] = e.XMLName.Local
	})
	walk(root, func(e element) {
		if kind, ok := strings.CutSuffix(e.XMLName.Local, "-REF"); ok && kinds[e.Text] != kind {
			t.Errorf("a reference to %s %q leads to %q", kind, e.Text, kinds[e.Text])
		}
	})
	return root
}

// verdictOf is the verdict of an object by its foreign id, empty without one.
func verdictOf(root element, foreign string) string {
	names := map[string]string{}
	for _, v := range root.find("ENUM-VALUE") {
		names[v.attr("IDENTIFIER")] = v.attr("LONG-NAME")
	}
	for _, o := range root.find("SPEC-OBJECT") {
		if o.find("ATTRIBUTE-VALUE-STRING")[0].attr("THE-VALUE") == foreign {
			return names[o.find("ENUM-VALUE-REF")[0].Text]
		}
	}
	return ""
}

func TestVerdictsAreWhatTheyCountFor(t *testing.T) {
	most, u := 1.0, 0.1
	for name, c := range map[string]struct {
		outcome   record.Outcome
		during    []record.Body
		damage    error
		spec, req string
	}{
		"passed":          {record.Passed, nil, nil, "passed", "passed"},
		"failed":          {record.Failed, nil, nil, "failed", "failed"},
		"void":            {record.Void, nil, nil, "void", "void"},
		"aborted":         {record.Aborted, nil, nil, "aborted", "not run"},
		"not run":         {record.NotRun, nil, nil, "not run", "not run"},
		"marginal":        {record.Passed, []record.Body{record.Measurement{Value: 0.95, Max: &most, Uncertainty: &u}}, nil, "marginal", "marginal"},
		"passed in a cut": {record.Passed, nil, errors.New("cut"), "void", "void"},
		"failed in a cut": {record.Failed, nil, errors.New("cut"), "failed", "failed"},
	} {
		l := &reportstest.Log{}
		l.Spec(reportstest.Start("a1", "reads", "OTA-POST-1"), c.outcome, "why", c.during...)
		l.Add(record.End{Status: "passed"})
		root := read(t, derive(t, l, c.damage))
		if got := verdictOf(root, "a1"); got != c.spec {
			t.Errorf("%s: the spec is %q, want %q", name, got, c.spec)
		}
		if got := verdictOf(root, "OTA-POST-1"); got != c.req {
			t.Errorf("%s: the requirement is %q, want %q", name, got, c.req)
		}
		if got := verdictOf(root, "OTA-POST-2"); got != "not covered" {
			t.Errorf("%s: a requirement without a spec is %q", name, got)
		}
	}
}

func TestRelationsLeadFromSpecsToWhatTheyObserve(t *testing.T) {
	l := &reportstest.Log{}
	l.Add(record.Planned{LeftOut: []record.SpecStart{reportstest.Start("b2", "writes", "OTA-POST-2")}})
	l.Spec(reportstest.Start("a1", "reads", "OTA-POST-1", "OTA-POST-2", "OTA-POST-2", "part:OTA-POST-2", "slow"), record.Passed, "")
	l.Add(record.End{Status: "passed"})
	root := read(t, derive(t, l, nil))
	got := map[string]string{}
	for _, r := range root.find("SPEC-RELATION") {
		from, to := r.find("SOURCE")[0].Children[0].Text, r.find("TARGET")[0].Children[0].Text
		got[from+to] = r.find("ATTRIBUTE-VALUE-STRING")[0].attr("THE-VALUE")
	}
	want := map[string]string{
		specID("a1") + required("OTA-POST-1"): "whole",
		specID("a1") + required("OTA-POST-2"): "in part",
		specID("b2") + required("OTA-POST-2"): "whole",
	}
	if len(got) != len(want) {
		t.Errorf("%d relations, want %d", len(got), len(want))
	}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("relation %s is %q, want %q", k, got[k], v)
		}
	}
	if got := verdictOf(root, "b2"); got != "not run" {
		t.Errorf("a spec that was left out is %q", got)
	}
}

func required(id string) string {
	return requirementID(reports.Group{ID: "OTA"}, reports.Requirement{Requirement: catalogue.Requirement{ID: id}})
}

func TestPartsStandBelowTheirWhole(t *testing.T) {
	run := &reports.Run{Groups: []reports.Group{{ID: "X", Requirements: []reports.Requirement{
		{Requirement: catalogue.Requirement{ID: "X-1"}, Verdict: reports.Passed},
		{Requirement: catalogue.Requirement{ID: "X-1.1", Parent: "X-1"}, Verdict: reports.Passed},
		{Requirement: catalogue.Requirement{ID: "X-1.1.1", Parent: "X-1.1"}, Verdict: reports.Passed},
		{Requirement: catalogue.Requirement{ID: "X-2", Parent: "X-9"}, Verdict: reports.OutOfScope},
		{Requirement: catalogue.Requirement{ID: "X-3", Parent: "X-3"}, Verdict: reports.Failed},
	}}}}
	names := map[string]string{}
	root := read(t, run)
	for _, o := range root.find("SPEC-OBJECT") {
		names[o.attr("IDENTIFIER")] = o.attr("LONG-NAME")
	}
	var outline func(e element) string
	outline = func(e element) (text string) {
		for _, c := range e.Children {
			switch c.XMLName.Local {
			case "SPEC-OBJECT-REF":
				text += names[c.Text]
			case "CHILDREN":
				text += "(" + outline(c) + ")"
			default:
				text += outline(c)
			}
		}
		return text
	}
	if got, want := outline(root.find("SPECIFICATION")[0]), "(X-1(X-1.1(X-1.1.1))X-2X-3)"; !strings.HasSuffix(got, want) {
		t.Errorf("outline %q, want %q", got, want)
	}
}

func TestTheNextRunHasTheSameObjects(t *testing.T) {
	first := derive(t, reportstest.Mixed("x"), nil)
	second := *first
	second.Header.Run = "run-2"
	a, b := read(t, first).find("SPEC-OBJECT"), read(t, &second).find("SPEC-OBJECT")
	if len(a) != len(b) || len(a) == 0 {
		t.Fatalf("%d objects and %d", len(a), len(b))
	}
	for i := range a {
		if a[i].attr("IDENTIFIER") != b[i].attr("IDENTIFIER") {
			t.Errorf("object %d has another identifier", i)
		}
	}
}

func TestHostileTexts(t *testing.T) {
	hostile := "<b>&]]>\x00\x1b[2J\u202e\"" + strings.Repeat("\x01", 5000)
	l := reportstest.Mixed(hostile)
	l.Spec(record.SpecStart{ID: hostile, Text: hostile, Path: []string{hostile}, Labels: []string{hostile, "ota-" + hostile}, File: hostile}, record.Failed, hostile)
	run := derive(t, l, nil)
	run.LeftOut = append(run.LeftOut, record.SpecStart{ID: hostile})
	run.Groups = append(run.Groups, run.Groups[0])
	root := read(t, run)
	for _, v := range root.find("ATTRIBUTE-VALUE-STRING") {
		if n := len(v.attr("THE-VALUE")); n > maxLength {
			t.Errorf("a text has %d bytes", n)
		}
	}
}

func TestGolden(t *testing.T) {
	run := derive(t, reportstest.Mixed("<b>\x1b[2J"), nil)
	for i := range run.Groups {
		run.Groups[i].Requirements = run.Groups[i].Requirements[:1]
	}
	var b bytes.Buffer
	if err := Write(&b, run); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "mixed.reqif")
	golden.Compare(t, path, b.Bytes())
}
