package catalogue

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Catalogue is one versioned list of requirements.
type Catalogue struct {
	ID      string `yaml:"id" json:"id"`
	Title   string `yaml:"title" json:"title"`
	Version string `yaml:"version" json:"version"`                     // of the data, not of the source
	Edition string `yaml:"edition,omitempty" json:"edition,omitempty"` // of the source: a series of amendments, a year; empty if it has none
	Source  string `yaml:"source,omitempty" json:"source,omitempty"`
	// Notice says what a reader has to check before relying on the wording; empty if nothing.
	Notice       string        `yaml:"notice,omitempty" json:"notice,omitempty"`
	Requirements []Requirement `yaml:"requirements" json:"requirements"`

	Text   []byte `yaml:"-" json:"-"` // the file
	Digest string `yaml:"-" json:"-"` // SHA-256 of it, hexadecimal
}

// Requirement is one entry. Its ID is the label that specs carry.
type Requirement struct {
	ID          string `yaml:"id" json:"id"`
	Title       string `yaml:"title,omitempty" json:"title,omitempty"`
	Stimulus    string `yaml:"stimulus,omitempty" json:"stimulus,omitempty"` // empty where the source states a property only
	Expectation string `yaml:"expectation" json:"expectation"`
	Scope       Scope  `yaml:"scope,omitempty" json:"scope,omitempty"`
	// Reason says why the scope is a document, or why these labels observe the requirement.
	Reason string `yaml:"reason,omitempty" json:"reason,omitempty"`
	// Parent is the id of the requirement that this one is a part of. It stands before this one.
	Parent string `yaml:"parent,omitempty" json:"parent,omitempty"`
	// ObservedBy are labels whose specs observe the requirement, besides its own. All of them together observe it.
	ObservedBy []string `yaml:"observed_by,omitempty" json:"observed_by,omitempty"`
	// Partly says that they observe only a part of it, however many they are.
	Partly bool `yaml:"partly,omitempty" json:"partly,omitempty"`
}

// Scope is what gives evidence for a requirement.
type Scope string

// Scopes. Parse returns Test where a file has none.
const (
	Test     Scope = "test"     // specs on a bench
	Document Scope = "document" // a review of documents or of a management system, which no bench can make
)

// Ref names the catalogue and its edition, as in UN-R156@00.
func (c Catalogue) Ref() string {
	if c.Edition == "" {
		return c.ID
	}
	return c.ID + "@" + c.Edition
}

// Count says how many requirements have a scope.
func (c Catalogue) Count(s Scope) int {
	n := 0
	for _, r := range c.Requirements {
		if r.Scope == s {
			n++
		}
	}
	return n
}

// Labels are the labels whose specs observe the requirement, its own first.
func (r Requirement) Labels() []string {
	labels := []string{r.ID}
	for _, l := range r.ObservedBy {
		if !slices.Contains(labels, l) {
			labels = append(labels, l)
		}
	}
	return labels
}

// Digest returns the SHA-256 of a catalogue's file, hexadecimal.
func Digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
