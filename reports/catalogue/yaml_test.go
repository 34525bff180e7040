package catalogue

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

const head = "id: X\ntitle: t\nversion: '1'\n"

func TestParseYAMLRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"an unknown key":              {head + "colour: red\nrequirements: [{id: X-1, expectation: e}]", `c.yaml:4:1: unknown field "colour"`},
		"no YAML":                     {head + "requirements: [{id", "c.yaml:4:"},
		"two documents":               {"a: 1\n---\nb: 2\n", "c.yaml:1:1: want one YAML document"},
		"nothing":                     {"", "want one YAML document"},
		"no requirements":             {head, "c.yaml:1:1: id, title, version and requirements are needed"},
		"an id that is a path":        {"id: ../X\ntitle: t\nversion: '1'\nrequirements: [{id: X-1, expectation: e}]", `c.yaml:1:1: "../X" is no id of a catalogue`},
		"another form of id":          {head + "requirements:\n  - id: X-1\n    expectation: e\n  - id: x 1\n    expectation: e", `c.yaml:7:5: "x 1" is no requirement label`},
		"an id without a text":        {head + "requirements: [{id: X-1}]", "c.yaml:4:16: X-1 has no expectation"},
		"an id that is twice":         {head + "requirements:\n - {id: X-1, expectation: e}\n - {id: X-1, expectation: e}", `c.yaml:6:4: "X-1" occurs twice, before in line 5`},
		"a parent below":              {head + "requirements:\n - {id: X-1, expectation: e, parent: X-2}\n - {id: X-2, expectation: e}", `c.yaml:5:4: X-1: its parent "X-2" does not stand before it`},
		"another scope":               {head + "requirements: [{id: X-1, expectation: e, scope: sight}]", `there is no scope "sight"; want test or document`},
		"a document without a reason": {head + "requirements: [{id: X-1, expectation: e, scope: document}]", "its reason has to say"},
		"a document that is observed": {head + "requirements: [{id: X-1, expectation: e, scope: document, reason: r, observed_by: [A]}]", "want one of both"},
		"a label that is none":        {head + "requirements: [{id: X-1, expectation: e, observed_by: ['A || B']}]", `observed_by "A || B", which is no label`},
		"a version that is a number":  {"id: X\ntitle: t\nversion: 1.10\nrequirements: [{id: X-1, expectation: e}]", `c.yaml:3:10: write "1.10" in quotes: as a number it would be read as 1.1`},
		"an edition that is a number": {head + "edition: 00\nrequirements: [{id: X-1, expectation: e}]", `c.yaml:4:10: write "00" in quotes`},
		"an id that is a number":      {head + "requirements:\n - id: 0x10\n   expectation: e", `c.yaml:5:8: write "0x10" in quotes`},
		"an alias":                    {head + "requirements: [&a {id: X-1, expectation: e}, *a]", "c.yaml:4:16: catalogues have no anchors"},
		"brackets in brackets":        {head + "requirements: " + strings.Repeat("[", 100_000), "nested too deep"},
		"lists in lists":              {head + "requirements:\n" + strings.Repeat("- ", 100_000), "nested too deep"},
		"a text that is too long":     {head + "requirements: [{id: X-1, expectation: " + strings.Repeat("e", maxText+1) + "}]", "is too long"},
	} {
		began := time.Now()
		_, err := Parse("c.yaml", []byte(c.text), Identity{})
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, c.want)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func TestPlainNumbersAreRead(t *testing.T) {
	c, err := Parse("c.yaml", []byte("id: X\ntitle: t\nversion: 3\nedition: 2026-03-01\nrequirements: [{id: 17, expectation: 5 V}]"), Identity{})
	if err != nil || c.Version != "3" || c.Edition != "2026-03-01" || c.Requirements[0].ID != "17" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestAllProblemsAreToldAtOnce(t *testing.T) {
	_, err := Parse("c.yaml", []byte(head+"requirements:\n"+strings.Repeat("- {id: 'x y', expectation: e}\n", 50)), Identity{})
	var e *Error
	if !errors.As(err, &e) || len(e.Problems) != maxProblems || e.Left != 50-maxProblems || !strings.Contains(err.Error(), "30 more problems") {
		t.Errorf("%v", err)
	}
}

func TestMarshalIsReadAgain(t *testing.T) {
	for _, ref := range []string{"ota", "un-r156@01", "iso-24089"} {
		c, err := Find(ref)
		if err != nil {
			t.Fatal(err)
		}
		text, err := Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("c.yaml", text, Identity{})
		if c.Text, c.Digest = again.Text, again.Digest; err != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("%s: %v\n%s", ref, err, text)
		}
	}
}

func FuzzParseYAML(f *testing.F) {
	f.Add([]byte(head + "requirements: [{id: X-1, expectation: e}]"))
	f.Add([]byte(head + "requirements:\n- id: X-1\n  expectation: |\n    a\n    b\n  observed_by: [A]\n  partly: true\n"))
	f.Fuzz(func(t *testing.T, text []byte) { sound(t, "c.yaml", text) })
}

// sound checks what is true of everything that Parse accepts.
func sound(t *testing.T, file string, text []byte) {
	t.Helper()
	c, err := Parse(file, text, Identity{ID: "C", Version: "1"})
	if err != nil {
		if e, ok := errors.AsType[*Error](err); !ok || len(e.Problems) == 0 {
			t.Fatalf("another error: %v", err)
		}
		return
	}
	seen := map[string]bool{}
	for _, r := range c.Requirements {
		if !isID(r.ID) || seen[r.ID] || r.Expectation == "" || r.Scope == "" || r.Parent != "" && !seen[r.Parent] {
			t.Fatalf("accepted %+v", r)
		}
		seen[r.ID] = true
	}
	if len(seen) == 0 || c.Title == "" || !sourceForm.MatchString(c.ID) {
		t.Fatalf("accepted %+v", c)
	}
}
