package html

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/reportstest"
	"otabench/reports/reportstest/golden"
)

func render(t *testing.T, l *reportstest.Log, damage error) string {
	t.Helper()
	run, err := reports.Derive(reportstest.Header, l.Events, damage)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, run, time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	elements = regexp.MustCompile(`(?s)<(style|script|svg)[^>]*>.*?</(style|script|svg)>`)
	tags     = regexp.MustCompile(`<[^>]*>`)
	blanks   = regexp.MustCompile(`[ \t]*\n\s*`)
)

// words is what a reader finds on the page.
func words(page string) string {
	text := elements.ReplaceAllString(page, "")
	text = tags.ReplaceAllString(strings.NewReplacer("</td>", " | ", "</th>", " | ", "</tr>", "\n", "</p>", "\n", "</dd>", "\n", "</h2>", "\n", "</h3>", "\n", "</h4>", "\n").Replace(text), "")
	return strings.TrimSpace(blanks.ReplaceAllString(text, "\n")) + "\n"
}

// The words of a page with a spec of each verdict.
func TestMixedPage(t *testing.T) {
	golden.Compare(t, "testdata/mixed.txt", words(render(t, reportstest.Mixed("printed <b>by</b> the unit"), nil)))
}

func TestPageSaysWhereTheBenchStands(t *testing.T) {
	for name, tt := range map[string]struct {
		details map[string]string
		want    string
	}{
		"named":   {map[string]string{"laboratory": "Hall 2", "location": "rack 3"}, "Hall 2, rack 3; bench body bench"},
		"unnamed": {nil, "not stated; bench body bench"},
	} {
		l := &reportstest.Log{}
		l.Add(record.Device{Role: "body bench", Class: "bench", Details: tt.details}, record.End{Status: "passed"})
		if page := render(t, l, nil); !strings.Contains(words(page), tt.want) {
			t.Errorf("%s: no %q", name, tt.want)
		}
	}
}

func TestPartsAreShownAsParts(t *testing.T) {
	l := &reportstest.Log{}
	s := reportstest.Start("a", "refuses", "OTA-ALT-1", "part:OTA-ALT-1", "OTA-POST-4")
	l.Add(record.Planned{Specs: []record.SpecStart{s}})
	l.Spec(s, record.Passed, "")
	l.Add(record.End{Status: "passed"})
	page := render(t, l, nil)
	for _, want := range []string{"◐ passed in part", `<span class="tag">OTA-ALT-1 in part</span>`, `<span class="tag">OTA-POST-4</span>`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestDamageIsSaidOnTop(t *testing.T) {
	page := words(render(t, reportstest.Mixed("x"), record.ErrTruncated))
	top := page[:strings.Index(page, "Item under test")]
	if !strings.Contains(top, "void") || !strings.Contains(top, "cut short") {
		t.Errorf("the top of the page reads\n%s", top)
	}
}

func TestWhatIsNotSafeIsAnAlarm(t *testing.T) {
	volts := 13.4
	l := &reportstest.Log{}
	l.Add(record.Safe{By: "guard", Reason: "killed", Outputs: []record.SafeOutput{
		{Device: "kl30", Error: "no answer from the instrument", Volts: &volts, Sensor: "adc"},
		{Device: "main", Off: true},
	}}, record.End{Status: "void"})
	page := words(render(t, l, nil))
	top := page[:strings.Index(page, "Item under test")]
	if !strings.Contains(top, "kl30") || strings.Contains(top, "main") {
		t.Errorf("the top of the page reads\n%s", top)
	}
}

// What is out of order and voids nothing still is on the page, and how well the supply lines were watched.
func TestDeviationsAndSampling(t *testing.T) {
	l := &reportstest.Log{}
	l.Add(
		record.Deviation{Device: "terminals", Text: "its calibration was due on <1999-03-01>"},
		record.Latency{
			Rail: "kl30", Repeats: 10, Measured: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
			Open: record.Spread{Min: 5 * time.Millisecond, Median: 6 * time.Millisecond, Max: 8 * time.Millisecond},
		},
		record.Sampling{Rail: "kl30", Source: "terminals", Readings: 120034, Rate: 999.8, Gaps: 2, Longest: 7200 * time.Microsecond},
		record.End{Status: "passed"},
	)
	page := words(render(t, l, nil))
	for _, want := range []string{
		"Deviations\nterminals: its calibration was due on &lt;1999-03-01&gt;",
		"kl30 | 2026-03-01, 10 times | 0s (0s to 0s) | 6ms (5ms to 8ms) |",
		"kl30 | terminals | 120034 | 999.8 | 2 | 7.2ms",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
}

// The words of a page with what a lab has to state: selection, proofs, uncertainty, statistics, a marginal measurement.
func TestProvenPage(t *testing.T) {
	l := &reportstest.Log{}
	most, little, much := 5.0, 0.05, 0.5
	latency := func(value float64, uncertainty *float64) record.Measurement {
		return record.Measurement{
			Name: "latency <of the cut>", Value: value, Unit: "ms", Max: &most, Source: "terminals", Uncertainty: uncertainty,
			Basis: &record.Basis{Function: "latency", Subject: "kl30", To: time.Second},
		}
	}
	near, far := reportstest.Start("near", "cuts late", "OTA-POST-4"), reportstest.Start("far", "cuts early", "OTA-POST-4")
	l.Add(
		record.Assignment{Customer: "Cars & Co.", Contact: "Ms <b>", Received: "2026-03-01", AuthorisedBy: record.Person{Name: "A. Engineer", Role: "head of the laboratory"}},
		record.Planned{
			Specs: []record.SpecStart{near, far}, Unselected: 1, Filter: "power", LeftOut: []record.SpecStart{reportstest.Start("out", "boots", "OTA-POST-1")},
			Rationale: "power after a change of <its> switch", Proven: true,
		},
		record.Proof{Proof: record.KnownBad, Subject: "forgets", Spec: "near", Text: "cuts late", Expected: record.Failed, Got: record.Failed, Detail: "the unit <lies>", Folder: "proofs/forgets", Digest: "ab12"},
		record.Proof{Proof: record.Loopback, Subject: "body", Expected: record.Passed, Got: record.Passed},
	)
	l.Spec(near, record.Passed, "", latency(4.8, &much))
	l.Spec(far, record.Passed, "", latency(1.5, &little), latency(2, nil), record.Measurement{Name: "blocks", Value: 17, Source: "suite"})
	l.Add(record.End{Status: "passed"})
	golden.Compare(t, "testdata/proven.txt", words(render(t, l, nil)))
}
