package html

import (
	"fmt"
	"strings"
	"testing"

	"otabench/bench/record"
	"otabench/reports/reportstest"
	"otabench/reports/reportstest/golden"
)

// The words of a page with two updates as a user lived them.
func TestToldPage(t *testing.T) {
	golden.Compare(t, "testdata/told.txt", words(render(t, reportstest.Told(), nil)))
}

func TestRequirementsLeadToStories(t *testing.T) {
	page := render(t, reportstest.Told(), nil)
	for _, want := range []string{
		`<tr id="req-OTA-MAIN-1" data-verdict="passed">`, `<a href="#req-OTA-MAIN-1">`, `<a href="#spec-well">`, `id="spec-well"`, `<a href="#story-well">`, `id="story-well"`,
		`<figure class="phone"><svg class="card"`, `aria-labelledby="card-well-2-0-t"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestASpecThatShowsNothingHasNoStory(t *testing.T) {
	page := render(t, reportstest.Mixed("x"), nil)
	if strings.Contains(page, "What the user saw") || strings.Contains(page, "d-screen") {
		t.Error("there is a story, or its style")
	}
}

// notices makes a spec that shows so many.
func notices(l *reportstest.Log, id string, n int) {
	var bodies []record.Body
	for i := range n {
		bodies = append(bodies, record.Notice{Display: "dashboard", State: "ready", Title: fmt.Sprint("notice ", i)})
	}
	l.Spec(reportstest.Start(id, "tells"), record.Passed, "", bodies...)
}

func TestALongStoryIsCutAndSaysSo(t *testing.T) {
	l := &reportstest.Log{}
	notices(l, "a", 500)
	l.Add(record.End{Status: "passed"})
	page := render(t, l, nil)
	if n := strings.Count(page, `class="card"`); n != 40 {
		t.Errorf("%d cards", n)
	}
	if !strings.Contains(page, "460 chapters after these are in record.jsonl") {
		t.Error("the page does not say what it leaves out")
	}
}

// Where a trigger fires late, the chapters around it are shown.
func TestALongStoryIsCutAroundTheDisturbance(t *testing.T) {
	l := &reportstest.Log{}
	l.Begin(reportstest.Start("a", "tells"))
	for i := range 300 {
		l.Add(record.Notice{Display: "dashboard", State: "ready", Title: fmt.Sprint("notice ", i)})
		if i == 200 {
			l.Add(record.TriggerArmed{ID: 1}, record.TriggerFired{ID: 1, At: l.Now()})
		}
	}
	l.Add(record.SpecEnd{ID: "a", Outcome: record.Passed}, record.End{Status: "passed"})
	page := words(render(t, l, nil))
	for _, want := range []string{"180 chapters before these", "notice 180\n", "notice 219\n", "80 chapters after these"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestManyStoriesStaySmall(t *testing.T) {
	l := &reportstest.Log{}
	for i := range 2000 {
		notices(l, fmt.Sprint("s", i), 30)
	}
	l.Add(record.End{Status: "passed"})
	page := render(t, l, nil)
	if len(page) > 20<<20 {
		t.Errorf("%d bytes", len(page))
	}
	if !strings.Contains(page, "All 2000 specs have their verdict, reasons and measurements here") {
		t.Error("the page does not say what it leaves out")
	}
}

func TestAHostileStory(t *testing.T) {
	for name, text := range map[string]string{
		"markup": `</svg></section><script>alert(1)</script><img src=x onerror=y>`, "long": strings.Repeat("W", 1<<18), "turned around": "\u202egnol\x1b[2J",
	} {
		many := make([]string, 300)
		for i := range many {
			many[i] = text
		}
		n := record.Notice{Display: text, State: text, Cause: text, Title: text, Text: text, Version: text, Reference: text, Details: many, Advice: many, Choices: many, Hints: many, Off: many}
		l := &reportstest.Log{}
		bodies := []record.Body{
			record.Step{Text: text},
			n,
			record.UserAction{Display: text, User: text, Action: text, Error: text},
			record.Link{Profile: text, Detail: text},
			record.Vehicle{Signal: text, Value: text},
			record.Exchange{ECU: text, Service: text, NRC: text},
		}
		for range 100 {
			bodies = append(bodies, record.Backend{Event: text, Text: text})
		}
		n.Progress, n.Percent = true, -1
		l.Spec(reportstest.Start("a", "tells"), record.Passed, "", append(bodies, n)...)
		l.Add(record.End{Status: "passed"})
		page := render(t, l, nil)
		story := page[strings.Index(page, `<section class="story"`):]
		story = story[:strings.Index(story, "</section>")]
		for _, bad := range []string{"<script", "<img", "\u202e", "\x1b"} {
			if strings.Contains(story, bad) {
				t.Errorf("%s: %q is on the page", name, bad)
			}
		}
		if len(story) > 200<<10 {
			t.Errorf("%s: %d bytes", name, len(story))
		}
		for _, want := range []string{"1400 more lines of this notice", "more lines of this chapter are left out"} {
			if !strings.Contains(story, want) {
				t.Errorf("%s: no %q", name, want)
			}
		}
	}
}

func TestIDsStayApart(t *testing.T) {
	seen := map[string]string{}
	for _, id := range []string{"a1", "a 1", `a"1`, "ä1", "a/1", ""} {
		got := idOf(id)
		if strings.ContainsAny(got, " \"'<>/") || seen[got] != "" {
			t.Errorf("%q became %q, as did %q", id, got, seen[got])
		}
		seen[got] = id + "."
	}
}
