package catalogue

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseCSV(t *testing.T) {
	want := []Requirement{
		{ID: "CUST_SWU_001", Stimulus: "Ausfall von Klemme 30", Expectation: "Das Steuergerät startet die \"alte\" Software;\nimmer", Scope: Test, ObservedBy: []string{"OTA-POST-4", "UN-R156/7.2.2.1.1"}},
		{ID: "CUST_SWU_002", Title: "Nachweis", Expectation: "Zertifikat nach UN R156", Scope: Document, Reason: "Audit", Parent: "CUST_SWU_001"},
		{ID: "17", Expectation: "Übertragung", Scope: Test, Partly: true, ObservedBy: []string{"OTA-MAIN-2"}},
	}
	table := func(separator string) string {
		return strings.ReplaceAll("id|Title|Stimulus|expectation|Scope|reason|parent|observed_by|partly|Autor\r\n"+
			"CUST_SWU_001||Ausfall von Klemme 30|\"Das Steuergerät startet die \"\"alte\"\" Software;\nimmer\"||||\"OTA-POST-4, UN-R156/7.2.2.1.1\"||Müller\r\n"+
			"\r\n|||||\r\n"+
			"CUST_SWU_002|Nachweis||Zertifikat nach UN R156|document|Audit|CUST_SWU_001\r\n"+
			"17|||Übertragung||||OTA-MAIN-2|x|\r\n", "|", separator)
	}
	utf16 := func(text string) string {
		var b strings.Builder
		for _, r := range "\uFEFF" + text {
			b.Write([]byte{byte(r), byte(r >> 8)})
		}
		return b.String()
	}
	latin := strings.NewReplacer("ä", "\xe4", "Ü", "\xdc", "ü", "\xfc")
	for name, text := range map[string]string{
		"semicolons": table(";"), "commas": table(","), "tabulators": table("\t"),
		"a byte order mark": "\uFEFF" + table(";"), "UTF-16": utf16(table(";")), "Windows-1252": latin.Replace(table(";")),
	} {
		c, err := Parse("dir/Körper BCM.csv", []byte(text), Identity{})
		if err != nil || !reflect.DeepEqual(c.Requirements, want) {
			t.Errorf("%s: %v\n%+v\nwant\n%+v", name, err, c.Requirements, want)
		}
		if c.ID != "K-rper-BCM" || c.Title != "K-rper-BCM" || len(c.Version) != 12 || !strings.HasPrefix(c.Digest, c.Version) {
			t.Errorf("%s: it is called %q %q %q", name, c.ID, c.Title, c.Version)
		}
	}
	c, err := Parse("a.csv", []byte("id,title\nX-1,e\n"), Identity{ID: "CUST", Title: "t", Version: "3"})
	if err != nil || c.Ref() != "CUST" || c.Title != "t" || c.Version != "3" || c.Requirements[0].Expectation != "e" || c.Requirements[0].Title != "" {
		t.Errorf("with an identity: %+v, %v", c, err)
	}
}

func TestParseCSVRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":                {"", "c.csv:1: is empty; the first row has to name the columns"},
		"no names of columns":    {"REQ-1;text\nREQ-2;text", "c.csv:1: the first row has to name the columns, at least id and expectation or title; with ';' between them it is [\"REQ-1\" \"text\"]"},
		"a column that is twice": {"id;id;title\n", "the column id occurs twice"},
		"only names of columns":  {"id;expectation\n", "c.csv:1: id, title, version and requirements are needed"},
		"an id with spaces":      {"id;expectation\nX-1;e\n\nX 2;e\n", `c.csv:4: "X 2" is no requirement label`},
		"an id that is twice":    {"id;expectation\nX-1;\"e\ne\"\nX-1;e\n", `c.csv:4: "X-1" occurs twice, before in line 2`},
		"too many fields":        {"id;expectation\nX-1;e;f\n", "c.csv:2: has 3 fields, and the first row names 2 columns"},
		"an open quote":          {"id;expectation\nX-1;\"e\n", `c.csv:2:8: extraneous or missing " in quoted-field`},
		"partly in other words":  {"id;expectation;partly\nX-1;e;mostly\n", `c.csv:2: partly is "mostly"; want yes or no`},
	} {
		if _, err := Parse("c.csv", []byte(c.text), Identity{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, c.want)
		}
	}
	if _, err := Parse("c.doc", nil, Identity{}); err == nil || !strings.Contains(err.Error(), `".doc" is no format of catalogues`) {
		t.Errorf("another format: %v", err)
	}
}

func FuzzParseCSV(f *testing.F) {
	f.Add([]byte("id;expectation;observed_by;partly\nX-1;\"e;\n\";OTA-POST-4 A;x\n"))
	f.Add([]byte("\xff\xfei\x00d\x00,\x00"))
	f.Fuzz(func(t *testing.T, text []byte) { sound(t, "c.csv", text) })
}
