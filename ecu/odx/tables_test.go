package odx_test

import (
	"strings"
	"testing"

	"otabench/ecu/odx"
)

// bitsAt is a constant of some bits in a byte.
func bitsAt(byteAt, bit, bits, number string) string {
	return `<PARAM xsi:type="CODED-CONST"><SHORT-NAME>B</SHORT-NAME><BYTE-POSITION>` + byteAt + `</BYTE-POSITION>` +
		`<BIT-POSITION>` + bit + `</BIT-POSITION><CODED-VALUE>` + number + `</CODED-VALUE>` +
		standard("A_UINT32", bits) + `</PARAM>`
}

// The sub-function and its suppress bit may be constants of their own.
func TestConstantsOfBits(t *testing.T) {
	e, notes := describe(t, []byte(serving(
		service("Plant", constant("0x10", 8)+bitsAt("1", "0", "7", "0x41")+bitsAt("1", "7", "1", "1")),
		service("Open", constant("0x10", 8)+bitsAt("1", "0", "6", "2")),
		service("Wrong", constant("0x10", 8)+bitsAt("1", "0", "7", "128")+bitsAt("1", "7", "1", "0")),
	)), odx.Choice{})
	if len(e.Sessions.Others) != 1 || e.Sessions.Others["plant"] != 0x41 || e.Sessions.Programming != 0 {
		t.Errorf("sessions are %+v, want plant alone", e.Sessions)
	}
	for _, want := range []string{
		"service Open is left out: what it is about is a parameter",
		`B: its constant "128" does not fit its type`,
		"service Wrong is left out",
	} {
		if !strings.Contains(strings.Join(notes, "\n"), want) {
			t.Errorf("notes %q, want one with %s", notes, want)
		}
	}
}

// tabular is a variant with a service that reads the identifiers of a table.
func tabular(key, rows string) string {
	text := serving(service("Table", constant("0x22", 8)+key))
	return strings.Replace(text, "<DIAG-COMMS>", `<DIAG-DATA-DICTIONARY-SPEC><DATA-OBJECT-PROPS>`+
		object(standard("A_UINT32", "16"), "")+`</DATA-OBJECT-PROPS><TABLES><TABLE ID="t"><SHORT-NAME>t</SHORT-NAME>`+
		`<KEY-DOP-REF ID-REF="d"/>`+rows+`</TABLE></TABLES></DIAG-DATA-DICTIONARY-SPEC><DIAG-COMMS>`, 1)
}

func TestTables(t *testing.T) {
	key := func(reference string) string {
		return `<PARAM xsi:type="TABLE-KEY"><SHORT-NAME>K</SHORT-NAME>` + reference + `</PARAM>`
	}
	row := func(name, key string) string {
		return `<TABLE-ROW ID="r.` + name + `"><SHORT-NAME>` + name + `</SHORT-NAME><KEY>` + key + `</KEY></TABLE-ROW>`
	}
	rows := row("Speed", "256") + row("Gear", "257")
	tests := []struct {
		name, document string
		identifiers    int
		note           string
	}{
		{"by reference", tabular(key(`<TABLE-REF ID-REF="t"/>`), rows), 2, ""},
		{"by name", tabular(key(`<TABLE-SNREF SHORT-NAME="t"/>`), rows), 2, ""},
		{"one row", tabular(key(`<TABLE-ROW-REF ID-REF="r.Gear"/>`), rows), 1, ""},
		{
			"no table", tabular(key(`<TABLE-REF ID-REF="d"/>`), rows), 0,
			"TABLE-REF leads to DATA-OBJECT-PROP, which is no table",
		},
		{"name of no table", tabular(key(`<TABLE-SNREF SHORT-NAME="u"/>`), rows), 0, "K is left out: its table is not there"},
		{
			"key that is too large", tabular(key(`<TABLE-REF ID-REF="t"/>`), rows+row("Odd", "65536")), 2,
			`row Odd is left out: its KEY "65536" does not fit`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, notes := describe(t, []byte(tt.document), odx.Choice{})
			if len(e.Identifiers) != tt.identifiers {
				t.Errorf("identifiers are %+v, want %d", e.Identifiers, tt.identifiers)
			}
			if !strings.Contains(strings.Join(notes, "\n"), tt.note) {
				t.Errorf("notes %q, want one with %s", notes, tt.note)
			}
		})
	}
}

// Rows that data of an ECU choose are bytes, because nobody knows which.
func TestRowsOfAnswers(t *testing.T) {
	const rest = `<PARAM xsi:type="TABLE-STRUCT"><SHORT-NAME>Rest</SHORT-NAME></PARAM>`
	text := reading(object(standard("A_UINT32", "8"), ""), rest)
	e, notes := describe(t, []byte(text), odx.Choice{})
	if got := e.Identifiers["speed"].Decode([]byte{1, 2, 3}); got != "speed=1, rest=0203" {
		t.Errorf("it reads %q", got)
	}
	if !strings.Contains(strings.Join(notes, "\n"), "are shown as bytes: Rest (TABLE-STRUCT)") {
		t.Errorf("notes %q, want one about Rest", notes)
	}
}

func TestTroubleCodesThatLinkInACircle(t *testing.T) {
	link := func(id, to string) string {
		return `<DTC-DOP ID="` + id + `"><SHORT-NAME>` + id + `</SHORT-NAME>` +
			`<LINKED-DTC-DOPS><LINKED-DTC-DOP><DTC-DOP-REF ID-REF="` + to + `"/></LINKED-DTC-DOP></LINKED-DTC-DOPS></DTC-DOP>`
	}
	_, notes := describe(t, []byte(ecu(`<DIAG-DATA-DICTIONARY-SPEC><DTC-DOPS>`+link("a", "b")+link("b", "a")+
		`</DTC-DOPS></DIAG-DATA-DICTIONARY-SPEC>`)), odx.Choice{})
	if !strings.Contains(strings.Join(notes, "\n"), "links to itself, or through too many others") {
		t.Errorf("notes %q, want one about the circle", notes)
	}
}

// Two functional groups with one service are in each other's way, unless the variant has its own.
func TestInheritanceFromTwo(t *testing.T) {
	const job = `<DIAG-COMMS><SINGLE-ECU-JOB><SHORT-NAME>J</SHORT-NAME></SINGLE-ECU-JOB></DIAG-COMMS>`
	group := func(id string) string {
		return `<FUNCTIONAL-GROUP ID="` + id + `"><SHORT-NAME>` + id + `</SHORT-NAME>` + job + `</FUNCTIONAL-GROUP>`
	}
	text := ecu(`<PARENT-REFS><PARENT-REF ID-REF="g"/><PARENT-REF ID-REF="h"/></PARENT-REFS>`)
	text = strings.Replace(text, "<BASE-VARIANTS>",
		"<FUNCTIONAL-GROUPS>"+group("g")+group("h")+"</FUNCTIONAL-GROUPS><BASE-VARIANTS>", 1)
	const conflict = `ecu inherits "J" from several layers`
	if _, notes := describe(t, []byte(text), odx.Choice{}); !strings.Contains(strings.Join(notes, "\n"), conflict) {
		t.Errorf("notes %q, want one about J", notes)
	}
	text = strings.Replace(text, "<PARENT-REFS>", job+"<PARENT-REFS>", 1)
	if _, notes := describe(t, []byte(text), odx.Choice{}); strings.Contains(strings.Join(notes, "\n"), conflict) {
		t.Errorf("notes %q, want none about J", notes)
	}
}
