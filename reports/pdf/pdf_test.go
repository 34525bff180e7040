package pdf_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/reportstest"
	"otabench/reports/reportstest/golden"
)

// The words of whole reports, as a reader of the PDF finds them.
func TestReports(t *testing.T) {
	for name, run := range map[string]*reports.Run{
		"mixed.txt": derive(t, reportstest.Mixed("printed <b>by</b> the unit").Events),
		"whole.txt": whole(t),
		"sweep.txt": swept(t),
	} {
		t.Run(name, func(t *testing.T) {
			if pages, ran := text(t, write(t, run)); ran {
				golden.Compare(t, filepath.Join("testdata", name), strings.Join(pages, "\f\n"))
			}
		})
	}
}

var pageOf = regexp.MustCompile(`Page (\d+) of (\d+)`)

func TestEachPageIsIdentified(t *testing.T) {
	pages, ran := text(t, write(t, many(t, 400, 7)))
	if !ran {
		return
	}
	for i, page := range pages {
		m := pageOf.FindStringSubmatch(page)
		if m == nil || m[1] != fmt.Sprint(i+1) || m[2] != fmt.Sprint(len(pages)) {
			t.Errorf("page %d of %d says %q", i+1, len(pages), m)
		}
		if !strings.Contains(page, "Test report run-1/0123456789ab") || !strings.Contains(page, "Not to be reproduced except in full.") {
			t.Errorf("page %d does not say which report it is of, or that it is a part", i+1)
		}
		if last := i == len(pages)-1; strings.Contains(page, "— End of test report —") != last {
			t.Errorf("page %d of %d: the mark of the end is not where the end is", i+1, len(pages))
		}
	}
}

var entry = regexp.MustCompile(`(?m)^ *(\d+(?:\.\d+)?) +(\S.*?)[ .…]* (\d+)$`)

func TestContentsLeadToTheirPages(t *testing.T) {
	file := write(t, whole(t))
	pages, ran := text(t, file)
	if !ran {
		return
	}
	entries := entry.FindAllStringSubmatch(pages[1], -1)
	if len(entries) < 15 {
		t.Fatalf("%d entries in\n%s", len(entries), pages[1])
	}
	for _, e := range entries {
		n, begins := 0, e[2][:min(len(e[2]), 60)] // a long heading goes on below
		heading := regexp.MustCompile(`(?m)^ *` + regexp.QuoteMeta(e[1]) + ` +` + regexp.QuoteMeta(begins))
		if _, err := fmt.Sscan(e[3], &n); err != nil || n < 1 || n > len(pages) || !heading.MatchString(pages[n-1]) {
			t.Errorf("%s %s is not on page %s", e[1], e[2], e[3])
		}
	}
	outline, ran := peer(t, file, "mutool", "show", "FILE", "outline")
	if !ran {
		return
	}
	for _, e := range entries {
		bookmark := regexp.QuoteMeta(e[1] + " " + strings.ReplaceAll(e[2], `"`, `\"`))
		if !regexp.MustCompile(bookmark + `.*"\s#page=` + e[3] + `&`).MatchString(outline) {
			t.Errorf("no bookmark %s %s for page %s in\n%s", e[1], e[2], e[3], outline)
		}
	}
}

func TestWhatIsNotStatedIsNotInvented(t *testing.T) {
	pages, ran := text(t, write(t, derive(t, reportstest.Mixed("x").Events)))
	if !ran {
		return
	}
	all := strings.Join(pages, "\n")
	for _, name := range []string{"Customer", "Authorised by", "Accreditation", "Order", "Items received", "Temperature", "Relative humidity", "Condition when received", "Rationale", "Results from external\\s+not stated\\s+providers"} {
		if !strings.Contains(name, "not stated") {
			name += ` +not stated`
		}
		if !regexp.MustCompile(name).MatchString(all) {
			t.Errorf("nothing says %s", name)
		}
	}
}

func TestHostileTextIsShownAndNotObeyed(t *testing.T) {
	l := reportstest.Mixed(hostile)
	run := derive(t, l.Events)
	run.Header.Run, run.Header.Bench, run.Header.Tool, run.Filter = "run\u202e"+hostile, hostile, hostile, hostile
	run.Assignment.Customer, run.Assignment.AuthorisedBy.Name = hostile, hostile
	file := write(t, run)
	if len(file) > 300<<10 {
		t.Errorf("the file has %d bytes", len(file))
	}
	pages, ran := text(t, file)
	if !ran {
		return
	}
	if len(pages) > 30 {
		t.Errorf("%d pages", len(pages))
	}
	all := strings.Join(pages, "\n")
	for _, want := range []string{"[U+202E]", "[U+0000]", "[U+4E2D]", "[U+1F600]", "more bytes]"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %s", want)
		}
	}
	// pdftotext itself marks the direction of text that is written from right to left
	own := strings.NewReplacer("\u202b", "", "\u202a", "", "\u202c", "").Replace(all)
	if i := strings.IndexFunc(own, func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) }); i >= 0 {
		t.Errorf("the text holds %q", own[max(0, i-20):min(len(own), i+20)])
	}
	checkFile(t, file)
}

func TestTheSameRunGivesTheSameBytes(t *testing.T) {
	run := whole(t)
	if !bytes.Equal(write(t, run), write(t, run)) {
		t.Error("two reports of one run differ")
	}
}

func TestAVoidRunCountsNothingAsPassed(t *testing.T) {
	run := whole(t, record.Lost{Device: "body", Frames: 3}, record.Catalogue{ID: "OTA", Version: "1", Digest: "ab12"}, record.Catalogue{ID: "ACME@2", Version: "7", Digest: "cd34", File: "acme.yaml"})
	pages, ran := text(t, write(t, run))
	if !ran {
		return
	}
	for _, row := range []string{`OTA +0( +0){8}`, `ACME@2 +0( +0){8}`} {
		if !regexp.MustCompile(row).MatchString(pages[0]) {
			t.Errorf("no row like %s in\n%s", row, pages[0])
		}
	}
	all := strings.Join(pages, "\n")
	for _, want := range []string{"no requirement counts as passed", "Not judged: the catalogue cannot be had", "3 frames lost"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q", want)
		}
	}
}

func TestPassesOfAVoidRunAreVoid(t *testing.T) {
	l := &reportstest.Log{}
	s := reportstest.Start("a", "boots", "OTA-POST-4")
	l.Add(record.Planned{Specs: []record.SpecStart{s}})
	l.Spec(s, record.Passed, "")
	for name, tt := range map[string]struct {
		last []record.Body
		want string
	}{
		"whole": {nil, `OTA-POST-4 .* ✓ passed `},
		"void":  {[]record.Body{record.Fault{Device: "psu", Text: "gone"}}, `OTA-POST-4 .* ⊘ void `},
	} {
		log := *l
		log.Events = slices.Clip(log.Events)
		log.Add(append(tt.last, record.End{Status: "passed"})...)
		if pages, ran := text(t, write(t, derive(t, log.Events))); ran && !regexp.MustCompile(tt.want).MatchString(strings.Join(pages, "\n")) {
			t.Errorf("%s: no row like %s in\n%s", name, tt.want, strings.Join(pages, "\n"))
		}
	}
}

func TestDamageIsSaidOnTop(t *testing.T) {
	run := derive(t, reportstest.Mixed("x").Events[:300])
	pages, ran := text(t, write(t, run))
	if ran && (!strings.Contains(pages[0], "⊘ void") || !strings.Contains(pages[0], "Incomplete")) {
		t.Errorf("the cover reads\n%s", pages[0])
	}
}

func TestTenThousandSpecsStayReadable(t *testing.T) {
	file := write(t, many(t, 10_000, 20))
	if len(file) > 2<<20 {
		t.Errorf("%d bytes", len(file))
	}
	pages, ran := text(t, file)
	if !ran {
		return
	}
	if len(pages) > 320 {
		t.Errorf("%d pages", len(pages))
	}
	all := strings.Join(pages, "\n")
	for _, want := range []string{"S10000", "9500 of 10000 passed, 500 failed", "200 more did not pass", "9600 more passed, and are in record.jsonl"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q", want)
		}
	}
}

// What is left out of a table is never called a pass that is none.
func TestMeasurementsThatDoNotPassComeFirst(t *testing.T) {
	l := &reportstest.Log{}
	s := reportstest.Start("a", "measures", "OTA-POST-4")
	l.Add(record.Planned{Specs: []record.SpecStart{s}})
	var all []record.Body
	for range 450 {
		all = append(all, record.Measurement{Name: "good", Value: 1, Unit: "V"}, record.Measurement{Name: "bad", Value: 1, Unit: "V", Max: ptr(0)})
	}
	l.Spec(s, record.Passed, "", all...)
	l.Add(record.End{Status: "failed"})
	pages, ran := text(t, write(t, derive(t, l.Events)))
	if want := "50 more did not pass and 450 passed; all are in record.jsonl."; ran && !strings.Contains(strings.Join(pages, ""), want) {
		t.Errorf("nothing says %q", want)
	}
}

func BenchmarkTenThousandSpecs(b *testing.B) {
	run := many(b, 10_000, 20)
	for b.Loop() {
		write(b, run)
	}
}

func TestFilesOfTheFolderAreListedWithTheirSizes(t *testing.T) {
	dir := reportstest.Folder(t, reportstest.Mixed("x").Text(t))
	if err := os.WriteFile(filepath.Join(dir, "trace.pcapng"), make([]byte, 12345), 0o644); err != nil {
		t.Fatal(err)
	}
	run, err := reports.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	run.Files = append(run.Files, "../../etc/passwd", "gone.csv")
	pages, ran := text(t, write(t, run))
	if !ran {
		return
	}
	last := pages[len(pages)-1]
	for _, want := range []string{`trace\.pcapng +12345`, `\.\./\.\./etc/passwd +not known`, `gone\.csv +not known`} {
		if !regexp.MustCompile(want).MatchString(last) {
			t.Errorf("nothing is like %s in\n%s", want, last)
		}
	}
}

// Whatever the record says, there is a report of it.
func FuzzWrite(f *testing.F) {
	f.Add("boots", 300)
	f.Add(hostile[:200], 40)
	f.Fuzz(func(t *testing.T, text string, events int) {
		l := reportstest.Mixed(text)
		run := derive(t, l.Events[:min(max(events, 0), len(l.Events))])
		run.Header.Run, run.Header.Bench, run.Assignment.Customer, run.Filter = text, text, text, text
		write(t, run)
	})
}
