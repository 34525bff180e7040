package odx_test

import (
	"slices"
	"strings"
	"testing"

	"otabench/ecu/odx"
)

// reading is a variant with one service that reads identifier FD01, of which a data object says how it reads, and more.
func reading(object, more string) string {
	return ecu(`<DIAG-DATA-DICTIONARY-SPEC>
<DATA-OBJECT-PROPS>` + object + `</DATA-OBJECT-PROPS></DIAG-DATA-DICTIONARY-SPEC>
<DIAG-COMMS><DIAG-SERVICE><SHORT-NAME>Speed_Read</SHORT-NAME><REQUEST-REF ID-REF="q"/>
<POS-RESPONSE-REFS><POS-RESPONSE-REF ID-REF="a"/></POS-RESPONSE-REFS></DIAG-SERVICE></DIAG-COMMS>
<REQUESTS><REQUEST ID="q"><PARAMS>` + constant("0x22FD01", 24) + `</PARAMS></REQUEST></REQUESTS>
<POS-RESPONSES><POS-RESPONSE ID="a"><PARAMS>` + constant("0x62FD01", 24) + value("Speed", "d") + more +
		`</PARAMS></POS-RESPONSE></POS-RESPONSES>`)
}

func constant(number string, bits int) string {
	length := map[int]string{8: "8", 16: "16", 24: "24", 32: "32"}[bits]
	return `<PARAM xsi:type="CODED-CONST"><SHORT-NAME>C</SHORT-NAME><CODED-VALUE>` + number + `</CODED-VALUE>` +
		standard("A_UINT32", length) + `</PARAM>`
}

func value(name, object string) string {
	return `<PARAM xsi:type="VALUE"><SHORT-NAME>` + name + `</SHORT-NAME><DOP-REF ID-REF="` + object + `"/></PARAM>`
}

// standard is a type of a fixed length, with its encoding behind its base type if it has one.
func standard(base, bits string) string {
	if base, encoding, found := strings.Cut(base, " "); found {
		return coded("STANDARD-LENGTH-TYPE", base+`" BASE-TYPE-ENCODING="`+encoding, `<BIT-LENGTH>`+bits+`</BIT-LENGTH>`)
	}
	return coded("STANDARD-LENGTH-TYPE", base, `<BIT-LENGTH>`+bits+`</BIT-LENGTH>`)
}

func coded(kind, base, more string) string {
	return `<DIAG-CODED-TYPE BASE-DATA-TYPE="` + base + `" xsi:type="` + kind + `">` + more + `</DIAG-CODED-TYPE>`
}

// object is a simple data object.
func object(coded, more string) string {
	return `<DATA-OBJECT-PROP ID="d"><SHORT-NAME>speed</SHORT-NAME>` + coded + more + `</DATA-OBJECT-PROP>`
}

func method(category, scales string) string {
	return `<COMPU-METHOD><CATEGORY>` + category + `</CATEGORY><COMPU-INTERNAL-TO-PHYS><COMPU-SCALES>` + scales +
		`</COMPU-SCALES></COMPU-INTERNAL-TO-PHYS></COMPU-METHOD>`
}

// line is (-40 + 0.5 x) / 1.
const line = `<COMPU-SCALE><COMPU-RATIONAL-COEFFS><COMPU-NUMERATOR><V>-40</V><V>0.5</V></COMPU-NUMERATOR>` +
	`<COMPU-DENOMINATOR><V>1</V></COMPU-DENOMINATOR></COMPU-RATIONAL-COEFFS></COMPU-SCALE>`

// named is a range of a text table.
func named(lower, upper, text string) string {
	return `<COMPU-SCALE><LOWER-LIMIT ` + lower + `</LOWER-LIMIT><UPPER-LIMIT ` + upper + `</UPPER-LIMIT>` +
		`<COMPU-CONST><VT>` + text + `</VT></COMPU-CONST></COMPU-SCALE>`
}

func TestDataObjects(t *testing.T) {
	byte8 := standard("A_UINT32", "8")
	tests := []struct {
		name, object, more string
		data, want         string // what the identifier reads
		note               string // "" for none about the object
	}{
		{"line", object(byte8, method("LINEAR", line)), "", "\x50", "0", ""},
		{"one line in parts", object(byte8, method("SCALE-LINEAR", line+line)), "", "\x50", "0", ""},
		{"constant", object(byte8, method("LINEAR", strings.Replace(line, "0.5", "0", 1))), "", "\x50", "80", "has no line"},
		{
			"division by zero",
			object(byte8, method("LINEAR", strings.Replace(line, "<V>1</V>", "<V>0</V>", 1))),
			"", "\x50", "80", "has no line",
		},
		{"rational", object(byte8, method("RAT-FUNC", line)), "", "\x50", "80", "COMPU-METHOD RAT-FUNC is not applied"},
		{
			"text of bytes", object(standard("A_BYTEFIELD", "8"), method("TEXTTABLE", "")), "", "\x50", "50",
			"COMPU-METHOD TEXTTABLE is not applied",
		},
		{
			"open limits", object(byte8, method("TEXTTABLE", named(`INTERVAL-TYPE="OPEN">1`, `INTERVAL-TYPE="OPEN">3`, "on"))),
			"", "\x02", "on", "",
		},
		{
			"no limit", object(byte8, method("TEXTTABLE", named(`INTERVAL-TYPE="INFINITE">`, `>3`, "on"))),
			"", "\x02", "2", "not all ranges of its text table",
		},
		{
			"sign and magnitude", object(standard("A_INT32 SM", "8"), ""), "", "\x81", "129",
			"encoding SM is shown as a number without sign",
		},
		{"negative", object(standard("A_INT32", "8"), ""), "", "\x81", "-127", ""},
		{"float", object(standard("A_FLOAT32", "32"), ""), "", "\x3f\xc0\x00\x00", "1.5", ""},
		{"half float", object(standard("A_FLOAT32", "16"), ""), "", "\x3f\xc0", "3FC0", "a float has 32 or 64 bits"},
		{"BCD", object(standard("A_BYTEFIELD BCD-P", "16"), ""), "", "\x20\x26", "2026", ""},
		{
			"unpacked BCD", object(standard("A_BYTEFIELD BCD-UP", "16"), ""), "", "\x02\x06",
			"0206", "unpacked BCD is shown as bytes",
		},
		{"UTF-8", object(standard("A_UTF8STRING", "16"), ""), "", "AB", "AB", ""},
		{
			"big number", object(standard("A_UINT32", "256"), ""), "", strings.Repeat("\x01", 32),
			strings.Repeat("01", 32), "more than 16 bytes",
		},
		{"no length", object(standard("A_UINT32", "0"), ""), "", "\x50", "80", "its BIT-LENGTH is not from 1 to 32736"},
		{"no type", object("", ""), "", "\x50", "50", "its DIAG-CODED-TYPE is missing"},
		{
			"mask", object(strings.Replace(byte8, "</BIT-LENGTH>", "</BIT-LENGTH><BIT-MASK>0F</BIT-MASK>", 1), ""), "",
			"\x50", "80", "its BIT-MASK is not applied",
		},
		{
			"length elsewhere", object(coded("PARAM-LENGTH-INFO-TYPE", "A_ASCIISTRING", `<LENGTH-KEY-REF ID-REF="k"/>`), ""),
			"", "AB", "AB", "its length is the value of another parameter",
		},
		{
			"behind what has no length",
			object(coded("MIN-MAX-LENGTH-TYPE", `A_ASCIISTRING" TERMINATION="ZERO`, `<MIN-LENGTH>0</MIN-LENGTH>`), ""),
			value("Other", "d"), "AB", "AB", "Other is left out: it follows something of unknown length",
		},
		{
			"unit that is not there", object(byte8, `<UNIT-REF ID-REF="u"/>`), "", "\x50", "80",
			`UNIT-REF leads to "u", which is not there`,
		},
		{
			"data that is not there", object(byte8, ""), value("Other", "e"), "\x50", "80",
			`DOP-REF leads to "e", which is not there`,
		},
		{
			"NRC", object(byte8, ""), `<PARAM xsi:type="NRC-CONST"><SHORT-NAME>N</SHORT-NAME></PARAM>`, "\x50", "80",
			"parameters of type NRC-CONST have no place",
		},
		{
			"constant that is too large", object(byte8, ""), constant("256", 8), "\x50\x00", "speed=80, c=0",
			`its constant "256" does not fit its type`,
		},
		{"long record", object(standard("A_UINT32", "3"), ""), value("More", "d"), "\x05\x02", "speed=5, more=2", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, notes := describe(t, []byte(reading(tt.object, tt.more)), odx.Choice{})
			if got := e.Identifiers["speed"].Decode([]byte(tt.data)); got != tt.want {
				t.Errorf("% X reads %q, want %q", tt.data, got, tt.want)
			}
			about := slices.IndexFunc(notes, func(n string) bool { return tt.note != "" && strings.Contains(n, tt.note) })
			if tt.note != "" && about < 0 {
				t.Errorf("notes %q, want one with %s", notes, tt.note)
			}
			if tt.note == "" && len(notes) != 6 { // where it is from, no address, no sessions, no programming
				t.Errorf("notes %q, want none about the object", notes)
			}
		})
	}
}

// Structures that hold structures, and each other.
func TestNesting(t *testing.T) {
	const around = `</DATA-OBJECT-PROPS><STRUCTURES>%</STRUCTURES><DATA-OBJECT-PROPS>`
	itself := strings.Replace(around, "%",
		`<STRUCTURE ID="d"><SHORT-NAME>s</SHORT-NAME><PARAMS>`+value("A", "d")+`</PARAMS></STRUCTURE>`, 1)
	_, notes := describe(t, []byte(reading(itself, "")), odx.Choice{})
	if !strings.Contains(strings.Join(notes, "\n"), "STRUCTURE s holds itself, or is nested too deep") {
		t.Errorf("notes %q, want one about the cycle", notes)
	}

	// 30 structures, each with the next one ten times, are 10^30 parts of no length.
	var all strings.Builder
	for i := range 30 {
		id, next := "d"+strings.Repeat("x", i), "d"+strings.Repeat("x", i+1)
		all.WriteString(`<STRUCTURE ID="` + id + `"><SHORT-NAME>` + id + `</SHORT-NAME><BYTE-SIZE>0</BYTE-SIZE><PARAMS>` +
			strings.Repeat(value("A", next), 10) + `</PARAMS></STRUCTURE>`)
	}
	db, err := odx.Read("x.odx", []byte(reading(strings.Replace(around, "%", all.String(), 1), "")))
	if err != nil {
		t.Fatal(err)
	}
	db.LimitSteps(10_000)
	if _, notes, err = db.Describe(odx.Choice{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(notes, "\n"), "more than can be described") {
		t.Errorf("notes %q, want one about the size", notes)
	}
}
