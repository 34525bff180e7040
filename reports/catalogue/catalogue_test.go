package catalogue

import (
	"strings"
	"testing"
)

func TestAllCataloguesHoldTheFactsOfTheUseCaseAndClauses(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, c := range all {
		counts[c.ID] = len(c.Requirements)
		if c.ID != "OTA" && c.Notice != "paraphrase, to be checked by homologation against the published text" {
			t.Errorf("%s: notice %q", c.ID, c.Notice)
		}
		for _, r := range c.Requirements {
			if !strings.HasPrefix(r.ID, c.ID) {
				t.Errorf("%s stands in catalogue %s", r.ID, c.ID)
			}
			if c.ID == "OTA" && r.Stimulus == "" {
				t.Errorf("%s has no stimulus", r.ID)
			}
		}
	}
	for id, want := range map[string]int{"OTA": 22, "UN-R156": 22, "ISO-24089": 4, "ISO-14229-1": 34, "ISO-14229-2": 2} {
		if counts[id] != want {
			t.Errorf("%s has %d requirements, want %d", id, counts[id], want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	head := "id: X\ntitle: t\nversion: '1'\n"
	for name, c := range map[string]struct{ text, want string }{
		"an unknown key":       {head + "colour: red\nrequirements: [{id: X-1, expectation: e}]", "colour"},
		"no requirements":      {head, "needed"},
		"another form of id":   {head + "requirements: [{id: x 1, expectation: e}]", "no requirement label"},
		"an id without a text": {head + "requirements: [{id: X-1}]", "no expectation"},
		"an id that is twice":  {head + "requirements: [{id: X-1, expectation: e}, {id: X-1, expectation: e}]", "twice"},
	} {
		if _, err := Parse([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, c.want)
		}
	}
}

func TestLooksLike(t *testing.T) {
	for label, want := range map[string]bool{
		"OTA-MAIN-1": true, "UN-R156/7.2.2.1.1": true, "ISO-24089/8": true, "UN-R155/7.3": true, "ota-main-1": true,
		"UNR156 7.2": true, "OTA-FOO": true, "ISO 24089": true, "slow": false, "hardware": false, "kl30": false, "": false,
	} {
		if got := LooksLike(label); got != want {
			t.Errorf("LooksLike(%q) = %v", label, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("id: X\ntitle: t\nversion: '1'\nrequirements: [{id: X-1, expectation: e}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if c, err := Parse(text); err == nil && len(c.Requirements) == 0 {
			t.Error("accepted a catalogue without requirements")
		}
	})
}
