package odx_test

import (
	"bytes"
	"encoding/xml"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"otabench/ecu/description"
	"otabench/ecu/odx"
)

// sound describes all variants, and checks what holds for every file: descriptions are valid, except that there may be
// no address; they can be written and read again; and no note is more than a line.
func sound(t *testing.T, db *odx.Database) {
	t.Helper()
	for _, v := range db.Variants() {
		e, notes, err := db.Describe(odx.Choice{Variant: v.Name})
		if err != nil {
			continue // two variants of one name
		}
		for _, p := range e.Validate() {
			if !strings.HasSuffix(p.Text, "is missing") || !strings.HasPrefix(p.Path, "address.") {
				t.Errorf("%s: %v", v.Name, p)
			}
		}
		for _, n := range notes {
			if strings.ContainsAny(n, "\r\n\x1b") || !utf8.ValidString(n) {
				t.Errorf("%s: note %q is not one line of text", v.Name, n)
			}
		}
		text, err := description.Marshal(e, notes...)
		if err != nil {
			t.Fatal(err)
		}
		var again description.ECU
		if err := yaml.Unmarshal(text, &again); err != nil {
			t.Fatalf("%s cannot be read again: %v\n%s", v.Name, err, text)
		}
		if len(again.Identifiers) != len(e.Identifiers) || len(again.DTCs) != len(e.DTCs) {
			t.Errorf("%s reads as another description:\n%s", v.Name, text)
		}
	}
}

func FuzzDocument(f *testing.F) {
	for _, name := range []string{"shared.odx-d", "uds_spec.odx-c", "iso_15765.odx-cs"} {
		f.Add([]byte(bcm(f)[name]))
	}
	f.Add([]byte(ecu(`<PARENT-REFS><PARENT-REF ID-REF="ecu"/></PARENT-REFS>`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if db, err := odx.ReadLimited("x.odx", data, 1<<20, 10_000); err == nil {
			sound(t, db)
		}
	})
}

// values are the texts and attributes of a document.
var values = regexp.MustCompile(`>[^<>\s][^<>]*<|"[^"]+"`)

// FuzzValues puts other values into documents that are right otherwise: lengths, limits, references and names.
func FuzzValues(f *testing.F) {
	old, err := os.ReadFile("testdata/gauge.odx")
	if err != nil {
		f.Fatal(err)
	}
	documents := [][]byte{[]byte(bcm(f)["bcm.odx-d"]), bytes.ToValidUTF8(old, nil)}
	f.Add(false, uint16(40), "4294967295", uint16(41), "-1")
	f.Add(true, uint16(60), "0x7fffffffffffffff", uint16(61), "INFINITE")
	f.Add(false, uint16(700), "DOP.byte", uint16(900), "ST.window")
	f.Fuzz(func(t *testing.T, second bool, i uint16, one string, j uint16, other string) {
		data := documents[0]
		if second {
			data = documents[1]
		}
		for _, change := range []struct {
			at  uint16
			new string
		}{{i, one}, {j, other}} {
			all := values.FindAllIndex(data, -1)
			at := all[int(change.at)%len(all)]
			var text bytes.Buffer
			if err := xml.EscapeText(&text, []byte(change.new)); err != nil {
				t.Fatal(err)
			}
			data = slices.Concat(data[:at[0]+1], text.Bytes(), data[at[1]-1:])
		}
		if db, err := odx.ReadLimited("x.odx", data, 1<<20, 10_000); err == nil {
			sound(t, db)
		}
	})
}

func FuzzArchive(f *testing.F) {
	f.Add(pack(f, files{"shared.odx-d": bcm(f)["shared.odx-d"]}))
	f.Add(pack(f, files{"a.odx-d": ecu(""), "../b.odx": "<ODX/>"}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if db, err := odx.ReadLimited("x.pdx", data, 1<<20, 10_000); err == nil {
			sound(t, db)
		}
	})
}
