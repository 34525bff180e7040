package dashboard_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"otabench/can/signal"
	"otabench/ecu/ota"
)

// A text of which a frame was lost is not shown in part; when the texts come again, the view is whole.
func TestLostSegmentIsMadeUpFor(t *testing.T) {
	whole := join(segments(t, "title", "Update failed for a reason"), segments(t, "text", "Nothing has changed."))
	shown := ota.View{State: ota.Failed, Title: "Update failed for a reason", Text: "Nothing has changed."}
	for lost := range whole {
		r := reader(t)
		v, changes := feed(r, join(slices.Delete(slices.Clone(whole), lost, lost+1), status(t, ota.Failed, 9, 2))...)
		expect(t, v, ota.View{State: ota.Failed})
		if changes != 1 {
			t.Errorf("without frame %d: %d changes, want one for the state", lost, changes)
		}
		v, changes = feed(r, join(whole, status(t, ota.Failed, 9, 2))...)
		expect(t, v, shown)
		if changes != 1 {
			t.Errorf("without frame %d, and then with it: %d changes, want one", lost, changes)
		}
	}
}

// The end of one text and the beginning of the next are not taken for one text.
func TestTwoTextsAreNotJoined(t *testing.T) {
	title, text := segments(t, "title", "First line"), segments(t, "text", "Second line")
	v, _ := feed(reader(t), join(title[0], text[1], status(t, ota.Ready, 1, 1))...)
	expect(t, v, ota.View{State: ota.Ready})
}

func TestFrameThatCameTwiceSpoilsItsText(t *testing.T) {
	title := segments(t, "title", "First line and more")
	v, _ := feed(reader(t), join(title[0], title[1], title[1], title[2:], status(t, ota.Ready, 1, 1))...)
	expect(t, v, ota.View{State: ota.Ready})
}

func TestJoinedInTheMiddleOfARevision(t *testing.T) {
	whole := join(segments(t, "title", "A new version"), segments(t, "text", "Download it now?"), segments(t, "version", "2.0"))
	r := reader(t)
	v, _ := feed(r, join(whole[4:], status(t, ota.Offered, 5, 3))...)
	expect(t, v, ota.View{State: ota.Offered})
	v, _ = feed(r, status(t, ota.Offered, 5, 3))
	expect(t, v, ota.View{State: ota.Offered})
	v, _ = feed(r, join(whole, status(t, ota.Offered, 5, 3))...)
	expect(t, v, ota.View{
		State: ota.Offered, Title: "A new version", Text: "Download it now?", Offer: &ota.Offer{Version: "2.0"},
	})
}

func TestTextsThatComeAgainChangeNothing(t *testing.T) {
	r := reader(t)
	frames := join(segments(t, "title", "Ready"), segments(t, "hints", "one\ntwo"), status(t, ota.Ready, 2, 2))
	want, _ := feed(r, frames...)
	for range 3 {
		v, changes := feed(r, frames...)
		if changes != 0 {
			t.Errorf("%d changes, want none", changes)
		}
		expect(t, v, want)
	}
}

// Texts that come again in part do not mix with those of the next revision.
func TestPartThatCameAgainIsNotOfTheNextRevision(t *testing.T) {
	r := reader(t)
	feed(r, join(segments(t, "title", "Failed"), segments(t, "hints", "try"), segments(t, "reference", "E-1"), status(t, ota.Failed, 2, 3))...)
	feed(r, join(segments(t, "hints", "try"), status(t, ota.Failed, 2, 3))...)
	v, _ := feed(r, join(segments(t, "title", "Again"), segments(t, "text", "It goes on."), status(t, ota.Installing, 3, 2))...)
	expect(t, v, ota.View{State: ota.Installing, Title: "Again", Text: "It goes on."})
}

// What had come of a revision that was never whole is not taken for the next one's.
func TestPartOfARevisionIsNotOfTheNextOne(t *testing.T) {
	r := reader(t)
	feed(r, join(segments(t, "title", "Failed"), segments(t, "hints", "try"), status(t, ota.Failed, 2, 3))...)
	v, _ := feed(r, join(segments(t, "title", "Again"), status(t, ota.Installing, 3, 2))...)
	expect(t, v, ota.View{State: ota.Installing})
}

func TestStatusBeforeItsTexts(t *testing.T) {
	r := reader(t)
	feed(r, join(segments(t, "title", "Ready"), segments(t, "version", "2.0"), status(t, ota.Ready, 2, 2))...)
	v, changes := feed(r, status(t, ota.Failed, 3, 1))
	expect(t, v, ota.View{State: ota.Failed}) // the title of another revision would be a lie
	if changes != 1 {
		t.Errorf("%d changes, want one: the state is not held back", changes)
	}
	v, _ = feed(r, join(segments(t, "title", "Failed"), status(t, ota.Failed, 3, 1))...)
	expect(t, v, ota.View{State: ota.Failed, Title: "Failed"})
}

func TestLostStatus(t *testing.T) {
	r := reader(t)
	feed(r, join(segments(t, "title", "Two"), segments(t, "hints", "of two"))...) // and the status of revision 2 is lost
	next := join(segments(t, "title", "Three"), status(t, ota.Ready, 3, 1))
	v, _ := feed(r, next...)
	expect(t, v, ota.View{State: ota.Ready})
	v, _ = feed(r, next...)
	expect(t, v, ota.View{State: ota.Ready, Title: "Three"})
}

func TestRevisionWithoutTexts(t *testing.T) {
	r := reader(t)
	feed(r, join(segments(t, "title", "Done"), status(t, ota.Succeeded, 255, 1))...)
	v, _ := feed(r, status(t, ota.Idle, 0, 0))
	expect(t, v, ota.View{State: ota.Idle})
}

func TestTextIsUTF8(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "",
		"12 °C, 80 %":            "12 °C, 80 %",
		"cut in a rune \xE2\x82": "cut in a rune \uFFFD",
		"\xFF\xFE\xFD between a": "\uFFFD between a",
		"ends with nothing\x00":  "ends with nothing",
		"nothing \x00 in it":     "nothing \x00 in it",
		strings.Repeat("x", 768): strings.Repeat("x", 768),
	} {
		v, _ := feed(reader(t), join(segments(t, "title", text), status(t, ota.Ready, 1, 1))...)
		expect(t, v, ota.View{State: ota.Ready, Title: want})
	}
}

func TestNumbersThatAreNone(t *testing.T) {
	for _, c := range []struct {
		estimates, next string
		offer           ota.Offer
		at              time.Time
	}{
		{"", "", ota.Offer{}, time.Time{}},
		{"1;2;3", "4", ota.Offer{Download: time.Second, Installation: 2 * time.Second, Size: 3}, time.Unix(4, 0).UTC()},
		{"1", "0", ota.Offer{Download: time.Second}, time.Time{}},
		{"NaN;Inf;99999999999999999999", "99999999999999999999", ota.Offer{}, time.Time{}},
		{"-1;1e7;-5", "-1", ota.Offer{}, time.Time{}},
		{"soon;;;;;;;", "253402300800", ota.Offer{}, time.Time{}}, // the year 10000
		{"1e6;0x10p0;1.5", "253402300799", ota.Offer{Download: 1e6 * time.Second, Installation: 16 * time.Second}, time.Unix(253402300799, 0).UTC()},
	} {
		frames := join(segments(t, "version", "2.0"), segments(t, "estimates", c.estimates), segments(t, "next", c.next))
		v, _ := feed(reader(t), join(frames, status(t, ota.Offered, 1, 3))...)
		c.offer.Version = "2.0"
		expect(t, v, ota.View{State: ota.Offered, Offer: &c.offer, Next: c.at})
	}
}

// A later vehicle may have texts that this file does not know. They count, and the others are shown.
func TestUnknownTextCounts(t *testing.T) {
	r := reader(t)
	strange := encode(t, "OTA_Text", map[string]signal.Input{"Text": signal.Raw(77), "Last": signal.Raw(1), "C0": signal.Raw('?')})
	v, _ := feed(r, join(segments(t, "title", "Ready"), strange, status(t, ota.Ready, 1, 2))...)
	expect(t, v, ota.View{State: ota.Ready, Title: "Ready"})
}
