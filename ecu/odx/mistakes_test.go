package odx_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"

	"otabench/ecu/odx"
)

// ecu wraps a base variant around what it has; its first line is line 3.
func ecu(body string) string {
	return `<ODX MODEL-VERSION="2.2.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><DIAG-LAYER-CONTAINER>
<SHORT-NAME>test</SHORT-NAME><BASE-VARIANTS><BASE-VARIANT ID="ecu"><SHORT-NAME>ecu</SHORT-NAME>
` + body + `
</BASE-VARIANT></BASE-VARIANTS></DIAG-LAYER-CONTAINER></ODX>`
}

func TestMistakes(t *testing.T) {
	tests := []struct{ name, document, want string }{
		{"no XML", "hello", "x.odx:1:1: want a document with the root element ODX"},
		{"empty", "", "x.odx:1:1: want a document with the root element ODX"},
		{"other XML", "<CATALOG/>", "x.odx:1:1: want a document with the root element ODX"},
		{"not closed", "<ODX>\n <A>\n</ODX>", "x.odx:3:7: is not XML: element <A> closed by </ODX>"},
		{"cut off", "<ODX>\n <A", "x.odx:2:4: is not XML: unexpected EOF"},
		{"two roots", "<ODX/>\n<ODX/>", "x.odx:2:1: a document has one root element"},
		{"entity", "<ODX>\n&bomb;</ODX>", "x.odx:2:7: is not XML: invalid character entity &bomb;"},
		{
			"document type", "<!DOCTYPE ODX [<!ENTITY a SYSTEM \"/etc/passwd\">]>\n<ODX>&a;</ODX>",
			"x.odx:1:1: a document type definition is not accepted",
		},
		{"encoding", `<?xml version="1.0" encoding="ebcdic"?><ODX/>`, `encoding "ebcdic" is not accepted; accepted: utf-8`},
		{"depth", "<ODX>\n" + strings.Repeat("<A>", 200), "x.odx:2:382: elements are nested more than 128 deep"},
		{"no variant", "<ODX/>", "x.odx: has no BASE-VARIANT and no ECU-VARIANT to describe"},
		{
			"no name", strings.Replace(ecu(""), "<SHORT-NAME>ecu</SHORT-NAME>", "", 1),
			"x.odx:2:45: BASE-VARIANT has no SHORT-NAME",
		},
		{
			"parent that is not there", ecu(`<PARENT-REFS><PARENT-REF ID-REF="uds"/></PARENT-REFS>`),
			`x.odx:3:14: PARENT-REF leads to "uds", which is not there`,
		},
		{
			"parent in a document that is not there",
			ecu(`<PARENT-REFS><PARENT-REF ID-REF="uds" DOCREF="iso" DOCTYPE="LAYER"/></PARENT-REFS>`),
			`x.odx:3:14: PARENT-REF leads to document "iso", which is not there`,
		},
		{
			"parent of itself", ecu(`<PARENT-REFS><PARENT-REF ID-REF="ecu"/></PARENT-REFS>`),
			`x.odx:3:14: BASE-VARIANT "ecu" cannot inherit from BASE-VARIANT "ecu"`,
		},
		{
			"parent that is no layer",
			ecu(`<REQUESTS><REQUEST ID="q"/></REQUESTS><PARENT-REFS><PARENT-REF ID-REF="q"/></PARENT-REFS>`),
			"x.odx:3:52: PARENT-REF leads to REQUEST, which is no layer",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db, err := odx.Read("x.odx", []byte(tt.document))
			if err == nil {
				_, _, err = db.Describe(odx.Choice{})
			}
			var wrong *odx.Error
			if !errors.As(err, &wrong) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want an *odx.Error with %s", err, tt.want)
			}
		})
	}
}

func TestArchives(t *testing.T) {
	many := files{}
	for i := range 10_001 {
		many[strings.Repeat("a", i%100+1)+strings.Repeat("b", i/100)] = ""
	}
	whole := pack(t, files{"a.odx-d": ecu("")})
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{
			"nothing to read", pack(t, files{"readme.txt": "x"}),
			"x.pdx: has no ODX document; want entries with names such as NAME.odx-d",
		},
		{"empty", pack(t, nil), "x.pdx: has no ODX document"},
		{"cut off", whole[:len(whole)-30], "x.pdx: is no ZIP archive that can be read"},
		{"entries", pack(t, many), "x.pdx: has 10001 entries; accepted: up to 10000"},
		{"bad document", pack(t, files{"../../a.odx-d": "<ODX>"}), "x.pdx:../../a.odx-d:1:6: is not XML: unexpected EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := odx.Read("x.pdx", tt.data); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

// What counts is what comes out of an archive, not what its directory says.
func TestLimits(t *testing.T) {
	bomb := pack(t, files{"a.odx-d": ecu(""), "b.odx-d": "<ODX>" + strings.Repeat(" ", 1<<20) + "</ODX>"})
	if len(bomb) > 10_000 {
		t.Fatalf("the archive has %d bytes, which is no bomb", len(bomb))
	}
	const most = 100_000
	_, err := odx.ReadLimited("x.pdx", bomb, most, 100)
	if err == nil || !strings.Contains(err.Error(), "x.pdx:b.odx-d: the documents are too long") {
		t.Errorf("error %v, want one about the length of b.odx-d", err)
	}
	elements := []byte(ecu(strings.Repeat("<A/>", 100)))
	if _, err := odx.ReadLimited("x.odx", elements, most, 100); err == nil || !strings.Contains(err.Error(), "elements") {
		t.Errorf("error %v, want one about the number of elements", err)
	}
	if _, err := odx.ReadLimited("x.odx", elements, most, 200); err != nil {
		t.Errorf("within the limits: %v", err)
	}
}

func TestUTF16(t *testing.T) {
	text := `<?xml version="1.0" encoding="UTF-16"?>` + strings.Replace(ecu(""), "<SHORT-NAME>ecu</SHORT-NAME>",
		"<SHORT-NAME>ecu</SHORT-NAME><LONG-NAME>Steuergerät</LONG-NAME>", 1)
	data, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	db, err := odx.Read("x.odx", data)
	if err != nil {
		t.Fatal(err)
	}
	if v := db.Variants(); len(v) != 1 || v[0].LongName != "Steuergerät" {
		t.Errorf("variants are %+v", v)
	}
}
