package html

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/reportstest"
	"otabench/reports/reportstest/golden"
)

// swept is a sweep of an update with results, in a record that is whole.
func swept(results ...record.SweepResult) *reportstest.Log {
	l := &reportstest.Log{}
	l.Add(record.SweepPlan{
		Package: "next", Seed: 7, Faults: []string{"cut", "cut-twice"}, Points: len(results), Exhaustive: true,
		Procedures: []record.SweepProcedure{{Name: "update", Frames: 40, Operations: 3, Length: 1800 * time.Millisecond}, {Name: "revert", Frames: 5}},
	})
	for _, r := range results {
		l.Add(r)
	}
	l.Add(record.End{Status: "passed"})
	return l
}

// point is one of an update that left the old software.
func point(n int, phase, fault string) record.SweepResult {
	return record.SweepResult{
		Point: fmt.Sprintf("update/3601#1+%d/%s", n, fault), Procedure: "update", Phase: phase, Offset: fmt.Sprintf("frame %d", n),
		At: time.Duration(n) * time.Millisecond, Fault: fault, Outcome: "old", Recovered: true,
	}
}

// ended is the point with another end.
func ended(r record.SweepResult, outcome, wrong string) record.SweepResult {
	r.Outcome, r.Wrong = outcome, wrong
	return r
}

var (
	cells  = regexp.MustCompile(`(?s)<a href="([^"]*)" aria-label="([^"]*)"><rect class="cell f-(\w+)( wrong)?" x="([^"]*)" y="[^"]*" width="([^"]*)"`)
	labels = regexp.MustCompile(`<text x="[^"]*" y="13">([^<]*)<title>([^<]*)</title>`)
)

func TestNeighboursThatEndedAlikeAreOneCell(t *testing.T) {
	var all []record.SweepResult
	for n := range 40 {
		all = append(all, point(n, "transfer", "cut"))
	}
	all[20] = ended(all[20], "mixed", "the unit is <mixed>")
	all[21].Recovered = false
	for n := range 3 {
		all = append(all, ended(point(40+n, "boot", "cut"), "new", ""))
	}
	all[41] = ended(all[41], "void", "")
	page := render(t, swept(all...), nil)
	type one struct{ link, title, class, wrong string }
	var got []one
	for _, m := range cells.FindAllStringSubmatch(page, -1) {
		got = append(got, one{m[1], m[2], m[3], m[4]})
	}
	again := "Again: otabench sweep -b bench.yaml --package next --seed 7 --point update/3601#1&#43;"
	want := []one{
		{"#phase-1", "update, transfer, cut: 20 points, from frame 0 to frame 19; old; mended by a complete reflash. " + again + "0/cut", "old", ""},
		{"#wrong-1", "update, transfer, cut: 1 point, frame 20; mixed, WRONG: the unit is &lt;mixed&gt;; mended by a complete reflash. " + again + "20/cut", "mixed", " wrong"},
		{"#wrong-2", "update, transfer, cut: 1 point, frame 21; old, WRONG; not mended by a complete reflash. " + again + "21/cut", "old", " wrong"},
		{"#phase-1", "update, transfer, cut: 18 points, from frame 22 to frame 39; old; mended by a complete reflash. " + again + "22/cut", "old", ""},
		{"#phase-2", "update, boot, cut: 1 point, frame 40; new; mended by a complete reflash. " + again + "40/cut", "new", ""},
		{"#phase-2", "update, boot, cut: 1 point, frame 41; void. " + again + "41/cut", "void", ""},
		{"#phase-2", "update, boot, cut: 1 point, frame 42; new; mended by a complete reflash. " + again + "42/cut", "new", ""},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("cells\n%q\nwant\n%q", got, want)
	}
	for _, id := range []string{`id="phase-1"`, `id="phase-2"`, `id="wrong-1"`, `id="wrong-2"`} {
		if strings.Count(page, id) != 1 {
			t.Errorf("%s stands on the page %d times", id, strings.Count(page, id))
		}
	}
	if n := strings.Count(page, `class="mark" points=`); n != 2 {
		t.Errorf("%d cells are marked, want both wrong ones", n)
	}
}

func TestShortPhasesStayVisible(t *testing.T) {
	all := []record.SweepResult{point(0, "unlock", "cut")}
	for n := 1; n < 9000; n++ {
		all = append(all, point(n, "transfer", "cut"))
	}
	all[4000] = ended(all[4000], "bricked", "the unit is bricked")
	all = append(all, point(9000, "erase", "cut"), point(9001, "transfer", "cut"))
	page := render(t, swept(all...), nil)
	var names []string
	for _, m := range labels.FindAllStringSubmatch(page, -1) {
		names = append(names, m[1], m[2])
	}
	if got, want := strings.Join(names, "|"), "unlock|unlock: 1 point|transfer|transfer: 8999 points|erase|erase: 1 point|transfer|transfer: 1 point"; got != want {
		t.Errorf("phases %s\n  want %s", got, want)
	}
	found := cells.FindAllStringSubmatch(page, -1)
	if len(found) != 6 {
		t.Fatalf("%d cells", len(found))
	}
	for _, m := range found {
		var x, w float64
		if _, err := fmt.Sscan(m[5]+" "+m[6], &x, &w); err != nil || w < cellLeast-0.1 || x < 0 || x+w > bandW {
			t.Errorf("cell at %s is %s wide: %v", m[5], m[6], err)
		}
	}
}

// However its results lie, a page of many points stays light, and a wrong one shows.
func TestASweepPageStaysLight(t *testing.T) {
	var all []record.SweepResult
	for n := range 10_000 {
		r := point(n, fmt.Sprint("phase ", n%7), []string{"cut", "cut-twice", "noise"}[n%3])
		if n%2 == 0 {
			r = ended(r, "new", "")
		}
		all = append(all, r)
	}
	all[5000] = ended(all[5000], "mixed", "the unit is mixed")
	page := render(t, swept(all...), nil)
	if len(page) > 2<<20 {
		t.Errorf("%d bytes", len(page))
	}
	found := cells.FindAllStringSubmatch(page, -1)
	points, wrong := 0, 0
	for _, m := range found {
		var n int
		if _, err := fmt.Sscanf(m[2][strings.Index(m[2], ": "):], ": %d point", &n); err != nil {
			t.Fatalf("%s: %v", m[2], err)
		}
		points += n
		if m[4] != "" && strings.Contains(m[2], "outcomes differ, the worst is mixed, WRONG: the unit is mixed") && m[1] == "#wrong-1" {
			wrong++
		}
	}
	if points != len(all) || len(found) > maxCells || wrong != 1 {
		t.Errorf("%d cells with %d points, %d of them wrong", len(found), points, wrong)
	}
}

// The words of a page of a sweep.
func TestSweepPage(t *testing.T) {
	l := &reportstest.Log{}
	hostile := "<script>alert(1)</script>\x1b[2J"
	wrong := ended(point(3, "boot", "cut"), "mixed", "the unit is mixed")
	wrong.Unit, wrong.Tester = hostile, hostile
	like := point(2, "transfer", "cut")
	like.Like = "update/3601#1+1/cut"
	undisturbed := record.SweepResult{
		Point: "revert", Procedure: "revert", Offset: "undisturbed", Fault: reports.Undisturbed, Outcome: "old", Recovered: true, Wrong: "it fails undisturbed: " + hostile,
	}
	l.Add(
		record.Device{Role: "bcm", Class: "ecu", Model: "SIM-1", Simulated: true},
		record.SweepPlan{
			Package: "next", Seed: 7, Faults: []string{"cut", "cut-twice"}, Points: 9,
			Procedures: []record.SweepProcedure{{Name: "update", Frames: 40, Operations: 3, Length: 1800 * time.Millisecond}, {Name: "revert"}},
		},
		undisturbed, point(1, "transfer", "cut"), like, wrong, ended(point(4, "confirm", "cut-twice"), "melted", ""),
		record.SweepEdge{Before: "update/3601#1+2/cut", After: "update/3601#1+3/cut", From: "old", To: "mixed", Repeats: 3, Steady: true},
		record.SweepEdge{Before: "a", After: hostile, From: "old", To: "new", Repeats: 3},
		record.End{Status: "passed"},
	)
	page := render(t, l, nil)
	for _, bad := range []string{"<script>alert", "\x1b", "ZgotmplZ", "http:", "https:", `id="requirements"`, `id="specs"`, "No spec"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	golden.Compare(t, "testdata/sweep.txt", words(page))
}

// A record that lies about its phases and outcomes gets a page all the same.
func TestEndlessPhasesAndProcedures(t *testing.T) {
	var all []record.SweepResult
	for n := range 3000 {
		r := ended(point(n, fmt.Sprint("phase", n), fmt.Sprint("fault", n%70)), fmt.Sprint("outcome", n), "")
		r.Procedure = fmt.Sprint("procedure", n%50)
		all = append(all, r)
	}
	page := render(t, swept(all...), nil)
	if len(page) > 2<<20 || !strings.Contains(page, "more rows are left out") || !strings.Contains(page, "more ways in which points went wrong") {
		t.Errorf("%d bytes", len(page))
	}
}

func TestAnEmptySweepHasAPage(t *testing.T) {
	l := &reportstest.Log{}
	l.Add(record.SweepPlan{Points: 5}, record.End{Status: "interrupted"})
	if page := words(render(t, l, nil)); !strings.Contains(page, "No point was tried.") || !strings.Contains(page, "5 points planned; 0 tried.") {
		t.Error(page)
	}
	var b bytes.Buffer
	run, err := reports.Derive(reportstest.Header, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(&b, run, time.Time{}); err != nil || strings.Contains(b.String(), "coverage") || strings.Contains(b.String(), "--o-old") {
		t.Errorf("the page of a run without a sweep speaks of one, or %v", err)
	}
}

// Cells lead to the point of their kind that was played again, and to the page itself where there is none.
func TestCellsLeadToEvidence(t *testing.T) {
	l := swept(point(1, "boot", "cut"), point(2, "boot", "cut"), ended(point(3, "boot", "cut"), "mixed", "w"), point(4, "boot", "cut"), point(5, "confirm", "cut"))
	e := record.SweepEvidence{Point: point(1, "", "cut").Point, Folder: "points/p1", Digest: "0123456789abcdef", Outcome: "old", Recovered: true}
	worse := record.SweepEvidence{Point: point(3, "", "cut").Point, Folder: "points/p3", Outcome: "bricked"}
	bad := record.SweepEvidence{Point: point(5, "", "cut").Point, Folder: "javascript:alert(1)", Outcome: "old", Recovered: true}
	l.Add(e, worse, bad)
	page := render(t, l, nil)
	var links []string
	for _, m := range cells.FindAllStringSubmatch(page, -1) {
		links = append(links, m[1])
	}
	if got := strings.Join(links, " "); got != "points/p1/report.html points/p3/report.html points/p1/report.html #phase-2" {
		t.Errorf("cells lead to %s", got)
	}
	for _, want := range []string{
		`<a href="points/p1/trace.pcapng">`, "0123456789ab<", "✗ bricked, not mended by a complete reflash", "not to be opened; see deviations", "ended otherwise when they were played again",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(page, `href="javascript`) {
		t.Error("the page leads out of its folder")
	}
}
