package publish

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"otabench/reports"
	"otabench/reports/reportstest"
)

func TestHostileTextIsShownAndNotObeyed(t *testing.T) {
	hostile := "<script>alert(1)</script>]]>\x00\x1b[2J\u202e" + strings.Repeat("A", 1<<20)
	dir := reportstest.Folder(t, reportstest.Mixed(hostile).Text(t))
	s, err := Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	if s.Status != reports.Failed || len(s.Files) != 4 {
		t.Errorf("summary %+v", s)
	}
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	if len(text) > 400<<10 {
		t.Errorf("the page has %d bytes", len(text))
	}
	for _, bad := range []string{"<script>alert", "\x00", "\x1b", "\u202e", "ZgotmplZ", "<no value>"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, want := range []string{"&lt;script&gt;", "[U&#43;202E]", "more bytes]", "more TransferData, all positive", "this run proves the suite, not a vehicle", "end of report", "<polyline"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	document, err := os.ReadFile(filepath.Join(dir, "report.pdf"))
	if err != nil || !strings.HasPrefix(string(document), "%PDF-") || len(document) > 400<<10 {
		t.Errorf("the PDF has %d bytes, %v", len(document), err)
	}
	junit, err := os.ReadFile(filepath.Join(dir, "junit.xml"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
		Suite    struct {
			Out   string `xml:"system-out"`
			Cases []struct {
				Name string `xml:"name,attr"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(junit, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Tests != 4 || doc.Failures != 1 || doc.Errors != 1 || doc.Skipped != 1 || len(doc.Suite.Cases) != 4 {
		t.Errorf("junit %+v", doc)
	}
	if !strings.Contains(doc.Suite.Out, "[[ATTACHMENT|"+filepath.Join(dir, "trace.pcapng")+"]]") {
		t.Errorf("system-out %q", doc.Suite.Out)
	}
}

func TestACutRecordSaysSoOnTop(t *testing.T) {
	text := reportstest.Mixed("x").Text(t)
	dir := reportstest.Folder(t, text[:len(text)-9])
	if s, err := Write(dir); err != nil || s.Status != reports.Void {
		t.Fatalf("%v %v", s.Status, err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil || !strings.Contains(string(page), "Incomplete: this record was cut short") {
		t.Error(err, "the page does not say that it is incomplete")
	}
}

// What is made of the evidence is no evidence of its own: Files of a run lists none of it.
func TestReportsAreNoRawEvidence(t *testing.T) {
	dir := reportstest.Folder(t, reportstest.Mixed("x").Text(t))
	s, err := Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	run, err := reports.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range s.Files {
		if slices.Contains(run.Files, filepath.Base(path)) {
			t.Errorf("%s counts as raw evidence", path)
		}
	}
	if !slices.Equal(run.Files, []string{"record.jsonl", "trace.pcapng"}) {
		t.Errorf("raw evidence %q", run.Files)
	}
}
