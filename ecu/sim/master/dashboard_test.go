package master

import (
	"strings"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	"otabench/can"
	"otabench/ecu/ota"
	"otabench/ecu/ota/dashboard"
)

// told puts the texts of frames together, as a dashboard does.
func told(t *testing.T, frames []can.Frame) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, f := range frames {
		m, values, err := dashboard.Vehicle().Decode(nil, f)
		must(t, err)
		if m.Name != "OTA_Text" {
			t.Fatalf("message %s", m.Name)
		}
		var which string
		var part []byte
		for _, v := range values {
			switch {
			case v.Name == "Text":
				which = v.Label
			case len(v.Name) == 2 && v.Name[0] == 'C':
				part = append(part, byte(v.Raw))
			}
		}
		all[which] += strings.TrimRight(string(part), "\x00")
	}
	return all
}

// Texts that are too long for the dashboard are cut between two characters.
func TestLongTexts(t *testing.T) {
	const most = segmentSize * maxSegments
	for text, want := range map[string]string{
		"short":                                  "short",
		strings.Repeat("x", most):                strings.Repeat("x", most),
		strings.Repeat("x", most+1):              strings.Repeat("x", most),
		strings.Repeat("x", most-1) + "ü":        strings.Repeat("x", most-1),
		strings.Repeat("€", 1000):                strings.Repeat("€", most/3),
		strings.Repeat("x", most-3) + "🚗":        strings.Repeat("x", most-3),
		"a\x00b\xffc":                            "a?b?c",
		"x" + strings.Repeat("\xf0\x9f", 2*most): "x?",
	} {
		got := told(t, textFrames(ota.View{Text: text, Title: "t", Offer: &ota.Offer{Changes: []string{text, text}}}))
		if got["text"] != want || got["title"] != "t" || !utf8.ValidString(got["changes"]) || len(got["changes"]) > most {
			t.Errorf("%.20q of %d bytes is told as %.20q of %d", text, len(text), got["text"], len(got["text"]))
		}
	}
}

// What is switched off stays off until it is given back, and a new life says at once how it stands.
func TestControlOverARestart(t *testing.T) {
	for _, c := range []struct {
		name string
		rec  record
		off  bool
	}{
		{"nothing", record{}, false},
		{"an installation", record{Begun: true}, true},
		{"a mixture", record{Mixed: true}, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newLife(t, nil)
			l.rec = c.rec
			l.remember()
			if _, _, off, _ := l.screen.now(); l.off != c.off || (off != nil) != c.off {
				t.Errorf("%s: off %v, %q", c.name, l.off, off)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		l := newLife(t, nil, MixedIsDrivable)
		l.rec.Mixed = true
		if l.remember(); l.off {
			t.Error("with the fault it cannot be driven")
		}
	})
}

// Whether ECUs belong together is decided by what they say, and one that says nothing is no part of anything.
func TestTogether(t *testing.T) {
	set := func(vcu, bcm string) []ota.Running {
		return []ota.Running{{ECU: "vcu", Version: vcu}, {ECU: "bcm", Version: bcm}}
	}
	for _, c := range []struct {
		good, now []ota.Running
		together  bool
		updated   int
	}{
		{set("1.0", "1.0"), set("1.0", "1.0"), true, 0},
		{set("1.0", "1.0"), set("1.1.0", "1.0"), false, 1},
		{set("1.0", "1.0"), set("1.1.0", "1.1.0"), false, 2},
		{set("1.0", "1.0"), set("1.0", ""), false, 0},
		{set("1.0", ""), set("1.0", "1.0"), true, 0},
		{set("1.0", "1.0"), nil, false, 0},
		{nil, set("1.0", "2.0"), true, 0},
	} {
		l := &life{rec: record{Good: c.good, Software: c.now, Campaign: offered()}}
		if l.together() != c.together || l.updated() != c.updated || l.mixed() != (c.updated == 1) {
			t.Errorf("%v after %v: together %v, %d updated, mixed %v", c.now, c.good, l.together(), l.updated(), l.mixed())
		}
	}
}
