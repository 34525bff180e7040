package dashboard

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/ecu/ota"
	"otabench/reports/reportstest/golden"
)

var failed = record.Notice{
	Display: "dashboard", State: string(ota.Failed), Cause: string(ota.InstallError), Title: "Update 1.3.0 was not installed", Version: "1.2.0",
	Text: "The vehicle runs the software that it ran before.", Hints: []string{"Charge the battery", "Then choose retry"},
	Advice: []string{"contact support"}, Reference: "BCM-0x72-7F3A-0042", Next: time.Date(2026, 3, 2, 22, 0, 0, 0, time.UTC),
	Off: []string{"seat heating"}, Choices: []string{"retry", "dismiss"}, Drivable: true,
}

var loading = record.Notice{Display: App, State: string(ota.Downloading), Percent: 42, Title: "Update 1.3.0 is being downloaded", Details: []string{"4.2 MB", "about 1 min"}}

func TestGoldenCards(t *testing.T) {
	for name, n := range map[string]record.Notice{"failed.svg": failed, "loading.svg": loading} {
		got := strings.ReplaceAll(Card(n, "c"), "><", ">\n<") + "\n"
		path := filepath.Join("testdata", name)
		golden.Compare(t, path, got)
	}
}

// picture is what a test looks at in a card.
type picture struct {
	width, height float64
	texts         []string
	elements      map[string]int
}

func parse(t *testing.T, svg string) picture {
	t.Helper()
	p := picture{elements: map[string]int{}}
	d := xml.NewDecoder(strings.NewReader(svg))
	inText := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return p
		}
		if err != nil {
			t.Fatalf("no XML: %v in %s", err, svg)
		}
		switch e := token.(type) {
		case xml.StartElement:
			p.elements[e.Name.Local]++
			inText = e.Name.Local == "text"
			for _, a := range e.Attr {
				switch {
				case strings.HasPrefix(a.Name.Local, "on"), a.Name.Local == "href", a.Name.Local == "style":
					t.Fatalf("attribute %s in %s", a.Name.Local, svg)
				case a.Name.Local == "viewBox":
					fields := strings.Fields(a.Value)
					p.width, _ = strconv.ParseFloat(fields[2], 64)
					p.height, _ = strconv.ParseFloat(fields[3], 64)
				}
			}
		case xml.CharData:
			if inText {
				p.texts = append(p.texts, string(e))
			}
		case xml.EndElement:
			inText = false
		}
	}
}

func TestHostileNotices(t *testing.T) {
	for name, text := range map[string]string{
		"markup":        `</text></svg><script>alert(1)</script><a href="javascript:x" onload='y'>&amp;`,
		"long":          strings.Repeat("W", 1<<20),
		"words":         strings.Repeat("word ", 1<<18),
		"lines":         strings.Repeat("\n", 1<<16) + "end",
		"no UTF-8":      "\xff\xfe\x00\x1b[2J",
		"turned around": "\u202egnol\u202c \u2066x\u200b",
		"no letters":    strings.Repeat("\u4e2d\U0001f697", 4000),
		"entities":      "&lt;b&gt; ]]> <!-- <![CDATA[",
	} {
		many := make([]string, 500)
		for i := range many {
			many[i] = text
		}
		n := record.Notice{
			State: text, Cause: text, Title: text, Text: text, Version: text, Details: many, Advice: many, Choices: many,
			Hints: many, Reference: text, Off: many, Percent: math.MinInt, Next: time.Unix(1<<50, 0),
		}
		for _, n.Display = range []string{"dashboard", App, text} {
			svg := Card(n, "c")
			p := parse(t, svg)
			for _, e := range []string{"script", "a", "image", "foreignObject", "style"} {
				if p.elements[e] > 0 {
					t.Errorf("%s: an element %s", name, e)
				}
			}
			if len(svg) > 32<<10 || p.height > 1100 {
				t.Errorf("%s on %.20q: %d bytes, %.0f high", name, n.Display, len(svg), p.height)
			}
			if strings.ContainsAny(svg, "\u202e\u2066\u200b\x1b\x00") {
				t.Errorf("%s: a character that is not seen is in the card", name)
			}
		}
	}
}

// A line is never wider than the screen, and no word is lost while there is room.
func TestWrap(t *testing.T) {
	r := ruler{size: 13}
	for _, s := range []string{"You can drive on while it is downloaded.", strings.Repeat("m", 90), "a\nb", "", "  spaces   between  "} {
		lines := r.wrap(s, 120, 50)
		for _, l := range lines {
			if w := r.width(l); w > 120 {
				t.Errorf("%q is %.1f wide", l, w)
			}
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got := squeeze(strings.Join(lines, "")); got != squeeze(s) {
			t.Errorf("%q became %q", s, lines)
		}
	}
}

func TestWrapSaysThatItCuts(t *testing.T) {
	r := ruler{size: 13}
	for _, s := range []string{"You can drive on while it is downloaded.", strings.Repeat("m", 90), "a\nb\nc\nd"} {
		lines := r.wrap(s, 120, 2)
		if len(lines) != 2 || !strings.HasSuffix(lines[1], "…") || r.width(lines[1]) > 120 {
			t.Errorf("%q became %q", s, lines)
		}
	}
}

// What the unit says and no bar can show still stands there as a number.
func TestAPercentageOutOfRange(t *testing.T) {
	for percent, want := range map[int]string{-5: "-5 %", 140: "140 %", 0: "0 %"} {
		n := loading
		n.Percent = percent
		if got := strings.Join(parse(t, Card(n, "c")).texts, "|"); !strings.Contains(got, "|"+want+"|") {
			t.Errorf("%d: no %q in %s", percent, want, got)
		}
	}
}

func TestEveryStateHasALook(t *testing.T) {
	for _, s := range []ota.State{
		ota.Idle, ota.Offered, ota.Downloading, ota.Verifying, ota.Ready, ota.Scheduled, ota.Confirming, ota.Installing, ota.Activating,
		ota.Succeeded, ota.Paused, ota.Reverting, ota.Failed, ota.Withdrawn,
	} {
		if _, ok := looks[s]; !ok {
			t.Errorf("%s has none", s)
		}
	}
	if got := lookOf("something else").tone; got != warn {
		t.Errorf("an unknown state is drawn as %s", got)
	}
}
