package page_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"otabench/reports"
	"otabench/reports/conditions"
	"otabench/reports/history"
	"otabench/reports/history/page"
	"otabench/reports/reportstest/golden"
)

// overview is made of n runs and m specs; every seventh result of every third spec failed.
func overview(n, m int, text string) history.Overview {
	o := history.Overview{Path: "history.db", Total: n}
	for i := range n {
		o.Runs = append(o.Runs, history.Run{
			ID: fmt.Sprintf("run-%03d", i), Started: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).AddDate(0, 0, i), Bench: "body " + text, Status: reports.Passed,
			Conditions: conditions.Conditions{Firmware: map[string]string{"bcm": "1.4.0" + text}, Bench: "ab12", Suite: "5eed", Virtual: true}, Totals: reports.Totals{Specs: m, Passed: m},
		})
	}
	hi := 12.0
	for k := range m {
		s := history.Spec{ID: fmt.Sprintf("id%03d", k), Name: fmt.Sprintf("spec %d %s", k, text), File: "scenarios/power.go", Line: k + 1}
		q := history.Quantity{Name: "U" + text, Unit: "V", Source: "adc"}
		for i := range n {
			r := history.Result{Run: i, Verdict: reports.Passed, Duration: time.Second + time.Duration(i%5)*10*time.Millisecond}
			if k%3 == 0 && i%7 == 3 {
				r.Verdict, r.Reason = reports.Failed, "no answer "+text
			}
			s.Results = append(s.Results, r)
			q.Values = append(q.Values, history.Value{Run: i, N: 1, Median: 11 + 0.05*float64(i), Worst: 11, Max: &hi})
		}
		if k%2 == 0 {
			s.Quantities = []history.Quantity{q}
		}
		o.Specs = append(o.Specs, s)
	}
	o.Flaky = []history.Flake{{ID: "id000", Name: "spec 0 " + text, Passed: 10, Failed: 2, FailedIn: "run-010", Reason: "no answer " + text}}
	o.Regressions, o.Drifts = o.View.Regressions(), o.View.Drifts()
	return o
}

func render(t *testing.T, o history.Overview) string {
	t.Helper()
	var b bytes.Buffer
	if err := page.Write(&b, o); err != nil {
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
	text := tags.ReplaceAllString(strings.NewReplacer("</td>", " | ", "</p>", "\n", "</h2>", "\n", "</summary>", "\n").Replace(elements.ReplaceAllString(page, "")), " ")
	return strings.TrimSpace(blanks.ReplaceAllString(text, "\n")) + "\n"
}

func TestGolden(t *testing.T) {
	got := words(render(t, overview(12, 4, "<b>")))
	golden.Compare(t, "testdata/history.txt", got)
}

func TestHostileTextIsShownAndNotObeyed(t *testing.T) {
	text := render(t, overview(3, 3, "<script>alert(1)</script>\x00\x1b[2J\u202e\"'"+strings.Repeat("A", 1<<16)))
	for _, bad := range []string{"<script>alert", "\x00", "\x1b", "\u202e", "ZgotmplZ", "<no value>"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if len(text) > 100<<10 || !strings.Contains(text, "&lt;script&gt;alert") || !strings.Contains(text, "[U&#43;202E]") {
		t.Errorf("the page has %d bytes", len(text))
	}
}

// A strip has a shape for each verdict at the place of its run; what a void run came to is void.
func TestStrip(t *testing.T) {
	o := overview(4, 1, "")
	o.Runs[1].Status = reports.Void
	o.Specs[0].Results = []history.Result{{Run: 0, Verdict: reports.Passed}, {Run: 1, Verdict: reports.Failed, Reason: "no answer"}, {Run: 3, Verdict: reports.Failed}}
	text := render(t, o)
	for _, want := range []string{
		`data-strip="✓⊘ ✗"`, `<path class="passed" d="M0 10h7v8h-7z"/>`, `<path class="void" d="M8 15h7v3h-7z"/>`, `<path class="failed" d="M24 0h7v18h-7z"/>`, "1 of 2", "run-001, which is void: no answer",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestAnEmptyHistory(t *testing.T) {
	if text := words(render(t, history.Overview{Path: "history.db"})); !strings.Contains(text, "No specs.") {
		t.Error(text)
	}
}

func TestManyRunsStaySmall(t *testing.T) {
	if n := len(render(t, overview(50, 263, ""))); n > 2<<20 {
		t.Errorf("%d bytes", n)
	}
}
