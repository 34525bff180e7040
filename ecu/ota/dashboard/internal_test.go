package dashboard

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"otabench/can"
	"otabench/can/signal"
)

// bounded fails if a vehicle has made a reader keep more than it may.
func bounded(t testing.TB, r *Reader) {
	t.Helper()
	if len(r.texts.coming) > maxTexts || len(r.texts.have) > maxTexts || len(r.texts.text) > maxText {
		t.Fatalf("%d texts coming, %d there, %d bytes", len(r.texts.coming), len(r.texts.have), len(r.texts.text))
	}
	for _, all := range []map[string]string{r.texts.coming, r.texts.have} {
		for name, text := range all {
			if len(text) > 3*maxText || !utf8.ValidString(text) { // an invalid byte becomes three
				t.Fatalf("text %q has %d bytes: %.40q", name, len(text), text)
			}
		}
	}
}

// FuzzTake feeds arbitrary frames: the identifier's choice, and its bytes.
func FuzzTake(f *testing.F) {
	f.Add([]byte{0, 1, 0, 0, 0, 1, 0, 0, 0})
	f.Add([]byte{1, 1, 0x80, 'H', 'i', 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1})
	f.Add([]byte{1, 3, 0, '1', '.', '1', '.', '0', '-', 1, 3, 0x81, '1', 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 1, 2, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{1, 11, 0x80, '9', '9', '9', '9', '9', '9', 0, 200, 200, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := NewReader(Vehicle(), Signals{})
		if err != nil {
			t.Fatal(err)
		}
		for ; len(data) >= 9; data = data[9:] {
			frame := can.New([]uint32{1440, 1441, 1442, 1456}[data[0]&3], data[1:9]...)
			if data[0]&4 != 0 {
				frame.Len = data[0] >> 4
			}
			v, changed := r.Take(frame)
			if changed && v.State == "" {
				t.Fatalf("a view without a state: %+v", v)
			}
			if _, err := json.Marshal(v); err != nil {
				t.Fatalf("nobody can record %+v: %v", v, err)
			}
			bounded(t, r)
		}
	})
}

// wide is a file whose texts have no end: any number of kinds, and of segments.
const wide = `VERSION ""
BU_: A
BO_ 1 OTA_Status: 8 A
 SG_ State : 0|8@1+ (1,0) [0|255] "" Vector__XXX
 SG_ Texts : 8|32@1+ (1,0) [0|0] "" Vector__XXX
BO_ 2 OTA_Text: 64 A
 SG_ Text : 0|32@1+ (1,0) [0|0] "" Vector__XXX
 SG_ Segment : 32|32@1- (1,0) [0|0] "" Vector__XXX
 SG_ Last : 64|1@1+ (1,0) [0|1] "" Vector__XXX
 SG_ C0 : 72|8@1+ (1,0) [0|255] "" Vector__XXX
`

func TestTextsAreBounded(t *testing.T) {
	db, err := signal.ReadDBC("wide.dbc", strings.NewReader(wide))
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(db, Signals{})
	if err != nil {
		t.Fatal(err)
	}
	text := func(kind, segment, last int) {
		t.Helper()
		m, err := db.Message("OTA_Text")
		if err != nil {
			t.Fatal(err)
		}
		f, err := m.Encode(map[string]signal.Input{
			"Text": signal.Raw(kind), "Segment": signal.Raw(segment), "Last": signal.Raw(last), "C0": signal.Raw('x'),
		})
		if err != nil {
			t.Fatal(err)
		}
		r.Take(f)
		bounded(t, r)
	}
	status := can.New(1, 0, 0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 0) // and more texts are to come
	for kind := range 3 * maxTexts {
		text(kind, 0, 1)
	}
	for kind := range 10 * maxTexts {
		text(kind, 0, 1)
		if kind%20 == 0 {
			r.Take(status)
			bounded(t, r)
		}
	}
	for segment := range 3 * maxText {
		text(1, segment, 0)
	}
	text(1, 0, 1)
	for segment := -1; segment > -100; segment-- {
		text(1, segment, 1) // which is behind the end of the text, or before its beginning
	}
	if got := r.texts.coming[fmt.Sprint("unknown text ", 1)]; got != "x" {
		t.Errorf("after the flood a text is %q, want %q", got, "x")
	}
}
