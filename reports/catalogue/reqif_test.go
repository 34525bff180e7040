package catalogue

import (
	"archive/zip"
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"
)

func customerReqIF(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("reqif/testdata/customer.reqif")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestParseReqIF(t *testing.T) {
	c, err := Parse("in/customer.reqif", customerReqIF(t), Identity{ID: "CUST", Version: "4"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Requirement{
		{
			ID: "CUST_SWU_001", Scope: Test, ObservedBy: []string{"OTA-POST-4", "UN-R156/7.2.2.1.1"},
			Expectation: "Nach einer Unterbrechung startet das Steuergerät:\n- die alte Software\n- oder den sicheren Zustand\n[ablauf.png]",
		},
		{ID: "CUST-12", Scope: Test, Parent: "CUST_SWU_001", Expectation: "Das gilt immer & überall."},
		{ID: "REQ-4", Scope: Test, Expectation: "steht in keiner Gliederung"},
	}
	if !reflect.DeepEqual(c.Requirements, want) {
		t.Errorf("%+v\nwant\n%+v", c.Requirements, want)
	}
	if c.Title != "Update des Türsteuergeräts" || c.Source != "a ReqIF document of Lastenheft 4" || c.Version != "4" || c.Ref() != "CUST" {
		t.Errorf("%q %q %q", c.Title, c.Source, c.Version)
	}
}

func TestParseAnArchiveOfReqIF(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("export/customer.reqif")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(customerReqIF(t)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	c, err := Parse("customer.reqifz", b.Bytes(), Identity{})
	if err != nil || c.ID != "customer" || len(c.Requirements) != 3 || c.Digest != Digest(b.Bytes()) {
		t.Errorf("%s with %d requirements, %v", c.ID, len(c.Requirements), err)
	}
}

func TestAttributesOfReqIF(t *testing.T) {
	other := strings.ReplaceAll(string(customerReqIF(t)), "ReqIF.Text", "Objekttext")
	if _, err := Parse("c.reqif", []byte(other), Identity{}); err == nil ||
		!strings.Contains(err.Error(), "none of its 4 objects has a text in the attribute ReqIF.Text; their attributes are Objekttext, ReqIF.ChapterName, ReqIF.ForeignID, observed_by") {
		t.Errorf("without names: %v", err)
	}
	c, err := ParseReqIF("c.reqif", []byte(other), Identity{}, Attributes{Expectation: "Objekttext"})
	if err != nil || len(c.Requirements) != 3 {
		t.Errorf("with names: %d requirements, %v", len(c.Requirements), err)
	}
	spaces := strings.ReplaceAll(string(customerReqIF(t)), "CUST_SWU_001", "CUST SWU 1")
	if _, err := Parse("c.reqif", []byte(spaces), Identity{}); err == nil || !strings.Contains(err.Error(), `c.reqif:49: "CUST SWU 1" is no requirement label`) {
		t.Errorf("an id with spaces: %v", err)
	}
	if _, err := Parse("c.reqifz", []byte(spaces), Identity{}); err == nil || !strings.Contains(err.Error(), "c.reqifz: is no ZIP archive") {
		t.Errorf("no archive: %v", err)
	}
}

func FuzzParseReqIF(f *testing.F) {
	f.Add([]byte(`<REQ-IF><A IDENTIFIER="ReqIF.Text"/><SPEC-OBJECT IDENTIFIER="a"><VALUES><V THE-VALUE="s"><DEFINITION><R>ReqIF.Text</R></DEFINITION></V></VALUES></SPEC-OBJECT></REQ-IF>`))
	f.Fuzz(func(t *testing.T, text []byte) { sound(t, "c.reqif", text) })
}
