package reqif

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
)

func customer(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/customer.reqif")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// In the document stand _o3 before what it is a part of, _o2, which is below _o1; and _o4 nowhere.
func TestParse(t *testing.T) {
	doc, err := Parse(customer(t))
	if err != nil {
		t.Fatal(err)
	}
	if doc.Title != "Update des Türsteuergeräts" || doc.Tool != "Lastenheft 4" {
		t.Errorf("%q by %q", doc.Title, doc.Tool)
	}
	want := []struct {
		id     string
		parent int
		values map[string]string
	}{
		{"_o1", -1, map[string]string{"ReqIF.ChapterName": "Unterbrechung"}},
		{"_o2", 0, map[string]string{
			"ReqIF.ForeignID": "CUST_SWU_001",
			"ReqIF.Text":      "Nach einer Unterbrechung startet das Steuergerät:\n- die alte Software\n- oder den sicheren Zustand\n[ablauf.png]",
			"observed_by":     "OTA-POST-4, UN-R156/7.2.2.1.1",
		}},
		{"_o3", 1, map[string]string{"ReqIF.ForeignID": "12", "ReqIF.Text": "Das gilt immer & überall."}},
		{"_o4", -1, map[string]string{"ReqIF.Text": "steht in keiner Gliederung"}},
	}
	if len(doc.Objects) != len(want) {
		t.Fatalf("%d objects", len(doc.Objects))
	}
	for i, w := range want {
		o := doc.Objects[i]
		if o.Identifier != w.id || o.Parent != w.parent || o.Line < 30 {
			t.Errorf("%d: %s below %d in line %d, want %s below %d", i, o.Identifier, o.Parent, o.Line, w.id, w.parent)
		}
		for name, value := range w.values {
			if o.Values[name] != value {
				t.Errorf("%s: %s is %q, want %q", w.id, name, o.Values[name], value)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	doc := func(objects, hierarchy string) string {
		return "<REQ-IF><CORE-CONTENT><SPEC-OBJECTS>" + objects + "</SPEC-OBJECTS>" + hierarchy + "</CORE-CONTENT></REQ-IF>"
	}
	deep := func(n int, name string) string { return strings.Repeat("<"+name+">", n) }
	for name, c := range map[string]struct{ text, want string }{
		"nothing":               {"", "is empty"},
		"another document":      {"<html>\n</html>", `line 1: begins with "html"`},
		"half a document":       {string(customer(t)[:5000]), "unexpected EOF"},
		"a bomb of entities":    {`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><REQ-IF>&b;</REQ-IF>`, "invalid character entity &b;"},
		"a file as an entity":   {`<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><REQ-IF>&a;</REQ-IF>`, "invalid character entity &a;"},
		"deep elements":         {"<REQ-IF>" + deep(100_000, "A"), "nested too deep"},
		"deep text":             {doc("<SPEC-OBJECT IDENTIFIER=\"a\"><VALUES><ATTRIBUTE-VALUE-XHTML><THE-VALUE>"+deep(100_000, "div"), ""), "nested too deep"},
		"deep values":           {doc("<SPEC-OBJECT IDENTIFIER=\"a\">"+deep(100_000, "VALUES"), ""), "closed by"},
		"an object without id":  {doc("<SPEC-OBJECT/>", ""), "has no IDENTIFIER"},
		"an object twice":       {doc(`<SPEC-OBJECT IDENTIFIER="a"/>`+"\n"+`<SPEC-OBJECT IDENTIFIER="a"/>`, ""), `line 2: the SPEC-OBJECT "a" occurs twice`},
		"an unknown object":     {doc("", "<SPEC-HIERARCHY><OBJECT><SPEC-OBJECT-REF>b</SPEC-OBJECT-REF></OBJECT></SPEC-HIERARCHY>"), `an object "b", and the document has none`},
		"another character set": {`<?xml version="1.0" encoding="klingon"?><REQ-IF/>`, "klingon"},
	} {
		_, err := Parse([]byte(c.text))
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, c.want)
		}
	}
	if _, err := Parse(make([]byte, MaxSize+1)); err == nil || !strings.Contains(err.Error(), "too many") {
		t.Errorf("a large document: %v", err)
	}
}

func TestAnotherEncoding(t *testing.T) {
	doc, err := Parse([]byte("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><REQ-IF><REQ-IF-HEADER><TITLE>T\xfcr</TITLE></REQ-IF-HEADER></REQ-IF>"))
	if err != nil || doc.Title != "Tür" {
		t.Errorf("%q, %v", doc.Title, err)
	}
}

func archive(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestParseArchive(t *testing.T) {
	doc, err := ParseArchive(archive(t, map[string][]byte{"Export/Customer.REQIF": customer(t), "Export/bilder/ablauf.png": nil}))
	if err != nil || len(doc.Objects) != 4 {
		t.Fatalf("%d objects, %v", len(doc.Objects), err)
	}
	many := map[string][]byte{}
	for i := range maxEntries + 1 {
		many[strings.Repeat("a", i%100)+string(rune('A'+i/100))+".png"] = nil
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"no archive":      {customer(t), "is no ZIP archive"},
		"no document":     {archive(t, map[string][]byte{"a.png": nil}), "has 0 ReqIF documents; want one"},
		"two documents":   {archive(t, map[string][]byte{"a.reqif": nil, "b.reqif": nil}), "has 2 ReqIF documents; want one"},
		"a path outside":  {archive(t, map[string][]byte{"../a.reqif": customer(t)}), "would stand outside"},
		"another path":    {archive(t, map[string][]byte{`..\a.reqif`: customer(t)}), "would stand outside"},
		"a bomb":          {archive(t, map[string][]byte{"a.reqif": bytes.Repeat([]byte(" "), MaxSize+1)}), "unpacks to more than"},
		"very many files": {archive(t, many), "files are too many"},
		"half an archive": {archive(t, map[string][]byte{"a.reqif": customer(t)})[:200], "is no ZIP archive"},
	} {
		_, err := ParseArchive(c.data)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, c.want)
		}
	}
}

// small has something of everything, and leaves a fuzzer time to change it.
const small = `<REQ-IF><REQ-IF-HEADER><TITLE>t</TITLE></REQ-IF-HEADER><ENUM-VALUE IDENTIFIER="v" LONG-NAME="w"/>
<ATTRIBUTE-DEFINITION-XHTML IDENTIFIER="d" LONG-NAME="ReqIF.Text"/><SPEC-OBJECT IDENTIFIER="a"><VALUES>
<ATTRIBUTE-VALUE-STRING THE-VALUE="s"><DEFINITION><R>d</R></DEFINITION></ATTRIBUTE-VALUE-STRING>
<ATTRIBUTE-VALUE-XHTML><DEFINITION><R>d</R></DEFINITION><THE-VALUE><p>x<br/>y</p></THE-VALUE></ATTRIBUTE-VALUE-XHTML>
<ATTRIBUTE-VALUE-ENUMERATION><VALUES><R>v</R></VALUES></ATTRIBUTE-VALUE-ENUMERATION></VALUES></SPEC-OBJECT>
<SPEC-HIERARCHY><OBJECT><SPEC-OBJECT-REF>a</SPEC-OBJECT-REF></OBJECT></SPEC-HIERARCHY></REQ-IF>`

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := Parse(text)
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("another error: %v", err)
		}
		for i, o := range doc.Objects {
			if o.Identifier == "" || o.Parent < -1 || o.Parent >= i {
				t.Fatalf("object %d: %+v", i, o)
			}
		}
	})
}

func FuzzParseArchive(f *testing.F) {
	f.Add(archive(f, map[string][]byte{"a.reqif": []byte(small)}))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := ParseArchive(data)
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("another error: %v", err)
		}
	})
}
