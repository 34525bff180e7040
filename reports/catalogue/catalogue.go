package catalogue

import (
	"bytes"
	"embed"
	"fmt"
	"regexp"

	"github.com/goccy/go-yaml"
)

// Catalogue is one versioned list of requirements.
type Catalogue struct {
	ID      string `yaml:"id"`
	Title   string `yaml:"title"`
	Version string `yaml:"version"` // of the data, not of the source
	Source  string `yaml:"source"`
	// Notice says what a reader has to check before relying on the wording; empty if nothing.
	Notice       string        `yaml:"notice"`
	Requirements []Requirement `yaml:"requirements"`
}

// Requirement is one entry. Its ID is the label that specs carry.
type Requirement struct {
	ID          string `yaml:"id"`
	Stimulus    string `yaml:"stimulus"` // empty where the source states a property only
	Expectation string `yaml:"expectation"`
}

//go:embed data/*.yaml
var data embed.FS

// files stand in the order of the report.
var files = []string{"data/ota.yaml", "data/un-r156.yaml", "data/iso-24089.yaml", "data/iso-14229-1.yaml", "data/iso-14229-2.yaml"}

// All returns the catalogues of this version, in the order of the report.
func All() ([]Catalogue, error) {
	var all []Catalogue
	for _, name := range files {
		text, err := data.ReadFile(name)
		if err != nil {
			return nil, err
		}
		c, err := Parse(text)
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", name, err)
		}
		all = append(all, c)
	}
	return all, nil
}

// Parse decodes a catalogue. Unknown keys, missing texts, ids of another form and ids that occur twice are errors.
func Parse(text []byte) (Catalogue, error) {
	var c Catalogue
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&c); err != nil {
		return Catalogue{}, err
	}
	if c.ID == "" || c.Title == "" || c.Version == "" || len(c.Requirements) == 0 {
		return Catalogue{}, fmt.Errorf("id, title, version and requirements are needed, got %q, %q, %q and %d", c.ID, c.Title, c.Version, len(c.Requirements))
	}
	seen := map[string]bool{}
	for _, r := range c.Requirements {
		switch {
		case !labelForm.MatchString(r.ID):
			return Catalogue{}, fmt.Errorf("%q is no requirement label: want a form like OTA-MAIN-1 or UN-R156/7.2.2.1.1", r.ID)
		case r.Expectation == "":
			return Catalogue{}, fmt.Errorf("%s has no expectation", r.ID)
		case seen[r.ID]:
			return Catalogue{}, fmt.Errorf("%s occurs twice", r.ID)
		}
		seen[r.ID] = true
	}
	return c, nil
}

var (
	labelForm = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*(/[0-9]+(\.[0-9a-z]+)*|-[0-9]+)$`)
	nearForm  = regexp.MustCompile(`(?i)^(ota-|un-?r ?[0-9]|iso[- ]?[0-9]|unece)`)
)

// LooksLike says whether a label is meant as a requirement, well formed or not, so that a misspelt one is reported.
func LooksLike(label string) bool {
	return labelForm.MatchString(label) || nearForm.MatchString(label)
}
