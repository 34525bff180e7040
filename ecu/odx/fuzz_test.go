package odx_test

import (
	"os"
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
	for name, text := range bcm(f) {
		if strings.Contains(name, ".odx") {
			f.Add([]byte(text))
		}
	}
	old, err := os.ReadFile("testdata/gauge.odx")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(old)
	f.Add([]byte(ecu(`<PARENT-REFS><PARENT-REF ID-REF="ecu"/></PARENT-REFS>`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if db, err := odx.ReadLimited("x.odx", data, 1<<20, 10_000); err == nil {
			sound(t, db)
		}
	})
}

func FuzzArchive(f *testing.F) {
	f.Add(pack(f, bcm(f)))
	f.Add(pack(f, files{"a.odx-d": ecu(""), "../b.odx": "<ODX/>"}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if db, err := odx.ReadLimited("x.pdx", data, 1<<20, 10_000); err == nil {
			sound(t, db)
		}
	})
}
