package reports_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/catalogue"
	"otabench/reports/reportstest"
)

const customer = `id: CUST
title: Update of the body controller
version: "3"
notice: draft
requirements:
  - {id: CUST_1, expectation: boots its previous software, observed_by: [OTA-POST-4, UN-R156/7.2.2.1.1]}
  - {id: CUST_2, expectation: refuses a wrong key, observed_by: [OTA-MAIN-3, OTA-MAIN-1]}
  - {id: CUST_3, expectation: has a certificate, scope: document, reason: shown by the certificate}
  - {id: CUST_4, expectation: shows progress, observed_by: [OTA-MAIN-2], partly: true}
  - {id: CUST_5, expectation: has its own spec}
  - {id: CUST_6, expectation: is known to nobody, observed_by: [NOBODY]}
  - {id: CUST_7, expectation: shows progress to the driver, observed_by: [OTA-MAIN-2]}
  - {id: CUST_8, expectation: is observed in part, observed_by: [OTA-PRE-1]}
  - {id: CUST_9, expectation: was not asked for, observed_by: [OTA-PRE-3]}
`

// passing is a run of specs with these labels that all pass.
func passing(catalogues []record.Catalogue, labels ...string) *reportstest.Log {
	l := &reportstest.Log{}
	for _, c := range catalogues {
		l.Add(c)
	}
	p := record.Planned{LeftOut: []record.SpecStart{reportstest.Start("z", "left out", "OTA-PRE-3")}, Unselected: 1}
	for i, label := range labels {
		p.Specs = append(p.Specs, reportstest.Start(string(rune('a'+i)), "s", strings.Fields(label)...))
	}
	l.Add(p)
	for _, s := range p.Specs {
		l.Spec(s, record.Passed, "")
	}
	l.Add(record.End{Status: "passed"})
	return l
}

func ofCustomer(file string) record.Catalogue {
	return record.Catalogue{ID: "CUST", Version: "3", Digest: catalogue.Digest([]byte(customer)), File: file}
}

// with loads a run whose folder has a file beside the record.
func with(t *testing.T, l *reportstest.Log, name, text string) *reports.Run {
	t.Helper()
	dir := reportstest.Folder(t, l.Text(t))
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := reports.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestACustomersCatalogue(t *testing.T) {
	labels := []string{"OTA-POST-4", "UN-R156/7.2.2.1.1", "OTA-MAIN-3", "OTA-MAIN-2", "CUST_5", "OTA-PRE-1 part:OTA-PRE-1"}
	r := with(t, passing([]record.Catalogue{ofCustomer("catalogue-CUST.yaml")}, labels...), "catalogue-CUST.yaml", customer)
	if r.Status != reports.Passed || r.Unjudged != "" {
		t.Fatalf("%s: %s", r.Status, r.Reason)
	}
	for id, want := range map[string]struct {
		verdict reports.Verdict
		specs   int
	}{
		"CUST_1": {reports.Passed, 2},
		"CUST_2": {reports.InPart, 1}, // no spec has OTA-MAIN-1
		"CUST_3": {reports.OutOfScope, 0},
		"CUST_4": {reports.InPart, 1},
		"CUST_5": {reports.Passed, 1},
		"CUST_6": {reports.NotCovered, 0},
		"CUST_7": {reports.Passed, 1},
		"CUST_8": {reports.InPart, 1},
		"CUST_9": {reports.NotRun, 0},
	} {
		if q := find(t, r, id); q.Verdict != want.verdict || len(q.Specs) != want.specs {
			t.Errorf("%s is %s by %d specs, want %s by %d", id, q.Verdict, len(q.Specs), want.verdict, want.specs)
		}
	}
	g := r.Groups[0]
	if g.Ref() != "CUST" || g.Version != "3" || g.Notice != "draft" || g.File != "catalogue-CUST.yaml" || g.Digest != catalogue.Digest([]byte(customer)) {
		t.Errorf("%+v", g)
	}
	if n, of := g.Counts(reports.Passed); n != 3 || of != 8 {
		t.Errorf("%d of %d passed, want 3 of 8: one is left to a document", n, of)
	}
	var b bytes.Buffer
	if err := reports.Terminal(&b, r, false); err != nil || !strings.Contains(b.String(), "3 of 8 passed, 3 passed in part, 1 not run, 1 not covered, 1 by document") {
		t.Errorf("%v: %s", err, &b)
	}
	// The other catalogues were not chosen. Their labels are not hidden.
	if len(r.Groups) != 2 || r.Groups[1].ID != "unknown" {
		t.Errorf("%d groups", len(r.Groups))
	}
}

// A spec that fails is seen at each requirement that it observes, also at one that is left to documents.
func TestAFailureIsSeenByTheCustomer(t *testing.T) {
	l := &reportstest.Log{}
	specs := []record.SpecStart{reportstest.Start("a", "s", "OTA-POST-4"), reportstest.Start("b", "s", "UN-R156/7.2.2.1.1"), reportstest.Start("c", "s", "CUST_3")}
	l.Add(ofCustomer("c.yaml"), record.Planned{Specs: specs})
	l.Spec(specs[0], record.Passed, "")
	l.Spec(specs[1], record.Failed, "no boot")
	l.Spec(specs[2], record.Failed, "no certificate")
	l.Add(record.End{Status: "failed"})
	r := with(t, l, "c.yaml", customer)
	for _, id := range []string{"CUST_1", "CUST_3"} {
		if got := find(t, r, id).Verdict; got != reports.Failed {
			t.Errorf("%s is %s", id, got)
		}
	}
}

func TestARunIsJudgedByTheEditionOfItsRecord(t *testing.T) {
	c, err := catalogue.Find("un-r156@01")
	if err != nil {
		t.Fatal(err)
	}
	named := record.Catalogue{ID: c.Ref(), Version: c.Version, Digest: c.Digest}
	r := load(t, passing([]record.Catalogue{named}, "UN-R156/7.2.1.2.1").Text(t))
	if len(r.Groups) != 1 || r.Groups[0].Edition != "01" || r.Status != reports.Passed {
		t.Errorf("%d groups, %s %s", len(r.Groups), r.Status, r.Reason)
	}
	// Both editions, side by side: each has the spec.
	other, err := catalogue.Find("un-r156@00")
	if err != nil {
		t.Fatal(err)
	}
	both := []record.Catalogue{named, {ID: other.Ref(), Version: other.Version, Digest: other.Digest}}
	r = load(t, passing(both, "UN-R156/7.2.1.2.1").Text(t))
	for _, g := range r.Groups {
		if n, of := g.Counts(reports.Passed); n != 1 || of != 22 {
			t.Errorf("%s: %d of %d passed", g.Ref(), n, of)
		}
	}
}

// A run keeps what it was judged by, also when otabench has come to another version of it since.
func TestAnEarlierVersionStaysInTheFolder(t *testing.T) {
	text := "id: OTA\ntitle: t\nversion: '0'\nrequirements: [{id: OTA-POST-4, expectation: e}]\n"
	named := record.Catalogue{ID: "OTA", Version: "0", Digest: catalogue.Digest([]byte(text)), File: "catalogue-OTA.yaml"}
	r := with(t, passing([]record.Catalogue{named}, "OTA-POST-4"), named.File, text)
	if n, of := r.Groups[0].Counts(reports.Passed); r.Status != reports.Passed || n != 1 || of != 1 {
		t.Errorf("%s %s: %d of %d", r.Status, r.Reason, n, of)
	}
}

func TestARunWithoutItsCatalogueIsVoid(t *testing.T) {
	ota, err := catalogue.Find("ota")
	if err != nil {
		t.Fatal(err)
	}
	// A catalogue that is much easier to pass.
	posing := "id: OTA\ntitle: t\nversion: '" + ota.Version + "'\nrequirements: [{id: OTA-POST-4, expectation: e}]\n"
	own := func(change func(*record.Catalogue)) record.Catalogue {
		c := ofCustomer("catalogue-CUST.yaml")
		change(&c)
		return c
	}
	of := func(c record.Catalogue) []record.Catalogue { return []record.Catalogue{c} }
	for name, c := range map[string]struct {
		record []record.Catalogue
		text   string // of the file in the folder
		want   string
	}{
		"a file that was changed":     {of(ofCustomer("catalogue-CUST.yaml")), strings.Replace(customer, "wrong key", "right key", 1), "it was changed"},
		"a file that is gone":         {of(ofCustomer("other.yaml")), customer, "no such file"},
		"a file elsewhere":            {of(ofCustomer("../catalogue-CUST.yaml")), customer, "is no name of a file in the run folder"},
		"an absolute path":            {of(ofCustomer("/etc/passwd")), customer, "is no name of a file in the run folder"},
		"a folder":                    {of(ofCustomer(".")), customer, "is no file"},
		"another version":             {of(own(func(c *record.Catalogue) { c.Version = "2" })), customer, "catalogue-CUST.yaml is version 3"},
		"another id":                  {of(own(func(c *record.Catalogue) { c.ID = "CUSTOMER" })), customer, "it is CUST"},
		"a copy of otabench's own":    {of(record.Catalogue{ID: "CUST", Version: "3", Digest: ota.Digest, File: "catalogue-CUST.yaml"}), string(ota.Text), "it is OTA"},
		"what is called like its own": {of(record.Catalogue{ID: "OTA", Version: ota.Version, Digest: catalogue.Digest([]byte(posing)), File: "catalogue-CUST.yaml"}), posing, "and is another one"},
		"twice":                       {[]record.Catalogue{ofCustomer("catalogue-CUST.yaml"), ofCustomer("catalogue-CUST.yaml")}, customer, "names it twice"},
		"an edition of a later time":  {of(record.Catalogue{ID: "UN-R156@02", Version: "1", Digest: "ab"}), customer, `there is no catalogue "UN-R156@02"`},
		"data of a later time":        {of(record.Catalogue{ID: "OTA", Version: "99", Digest: "ab"}), customer, "this otabench has version 1 of it"},
		"other data":                  {of(record.Catalogue{ID: "OTA", Version: ota.Version, Digest: "ab"}), customer, "it was changed"},
		"an id in other letters":      {of(record.Catalogue{ID: "ota", Version: ota.Version, Digest: ota.Digest}), customer, "it is OTA"},
	} {
		r := with(t, passing(c.record, "OTA-POST-4"), "catalogue-CUST.yaml", c.text)
		if r.Status != reports.Void || !strings.Contains(r.Reason, c.want) || r.Unjudged != r.Reason {
			t.Errorf("%s: %s %q, want %q in it", name, r.Status, r.Reason, c.want)
		}
		if g := r.Groups[len(c.record)-1]; len(g.Requirements) != 0 || g.Notice != r.Unjudged {
			t.Errorf("%s: %+v", name, g)
		}
		var b bytes.Buffer
		if err := reports.Terminal(&b, r, false); err != nil || !strings.Contains(b.String(), "not judged") {
			t.Errorf("%s: %v %s", name, err, &b)
		}
	}
}

func TestTextsOfACatalogueHideNothing(t *testing.T) {
	text := "id: CUST\ntitle: \"a\\eb\"\nversion: \"3\"\nnotice: \"a\\u202Eb\"\nrequirements: [{id: CUST_1, expectation: \"a\\u0007b\"}]\n"
	named := record.Catalogue{ID: "CUST", Version: "3", Digest: catalogue.Digest([]byte(text)), File: "c.yaml"}
	r := with(t, passing([]record.Catalogue{named}, "CUST_1"), "c.yaml", text)
	g := r.Groups[0]
	if g.Title != "a[U+001B]b" || g.Notice != "a[U+202E]b" || find(t, r, "CUST_1").Expectation != "a[U+0007]b" {
		t.Errorf("%q %q", g.Title, g.Notice)
	}
}

func TestVeryManyCataloguesAreNotRead(t *testing.T) {
	var many []record.Catalogue
	for i := range 1000 {
		many = append(many, record.Catalogue{ID: fmt.Sprint("C", i), File: "c.yaml"})
	}
	r := with(t, passing(many, "OTA-POST-4"), "c.yaml", customer)
	if r.Status != reports.Void || !strings.Contains(r.Reason, "names 1000 catalogues") || len(r.Groups) > 40 {
		t.Errorf("%s %s, %d groups", r.Status, r.Reason, len(r.Groups))
	}
}

// Reading a record alone, there is no folder.
func TestDeriveHasNoFolder(t *testing.T) {
	l := passing([]record.Catalogue{ofCustomer("catalogue-CUST.yaml")}, "OTA-POST-4")
	r, err := reports.Derive(reportstest.Header, l.Events, nil)
	if err != nil || r.Status != reports.Void || !strings.Contains(r.Reason, "there is no run folder") {
		t.Errorf("%v: %s %s", err, r.Status, r.Reason)
	}
}
