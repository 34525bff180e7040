package catalogue

// Bounds of what a catalogue may hold. Reports are made of all of it.
const (
	maxRequirements = 100_000
	maxText         = 64 << 10 // bytes of one text
)

// validate finds what is wrong with a catalogue. head is where the file speaks of the catalogue as a whole, at where it
// speaks of the requirement with an index.
func (c *Catalogue) validate(file string, head place, at func(int) place) error {
	p := &problems{file: file}
	c.validateHead(p, head)
	index := map[string]int{}
	for i := range c.Requirements {
		r := &c.Requirements[i]
		if r.Scope == "" {
			r.Scope = Test
		}
		if !isID(r.ID) {
			p.add(at(i), "%.100q is no requirement label: want letters, digits, '.', '_' and '-', in parts with '/' between, "+
				"such as OTA-MAIN-1, CUST_SWU_001 or UN-R156/7.2.2.1.1", r.ID)
			continue
		}
		r.validate(p, at(i))
		if first, twice := index[r.ID]; twice {
			p.add(at(i), "%.100q occurs twice, before in line %d", r.ID, at(first).line)
			continue
		}
		if _, known := index[r.Parent]; r.Parent != "" && !known {
			p.add(at(i), "%s: its parent %.100q does not stand before it", r.ID, r.Parent)
		}
		index[r.ID] = i
	}
	return p.err()
}

func (c *Catalogue) validateHead(p *problems, head place) {
	switch {
	case c.ID == "" || c.Title == "" || c.Version == "" || len(c.Requirements) == 0:
		p.add(head, "id, title, version and requirements are needed, got %.100q, %.100q, %.100q and %d",
			c.ID, c.Title, c.Version, len(c.Requirements))
	case len(c.ID) > maxID || !sourceForm.MatchString(c.ID):
		p.add(head, "%.100q is no id of a catalogue: want letters, digits, '.', '_' and '-' as in CUST-SWU", c.ID)
	case c.Edition != "" && (len(c.Edition) > maxID || !sourceForm.MatchString(c.Edition)):
		p.add(head, "%.100q is no edition: want letters, digits, '.', '_' and '-' as in 00 or 2023", c.Edition)
	case len(c.Version) > maxID:
		p.add(head, "the version has %d bytes; want at most %d", len(c.Version), maxID)
	case len(c.Requirements) > maxRequirements:
		p.add(head, "%d requirements are too many; want at most %d", len(c.Requirements), maxRequirements)
	}
	for _, text := range []string{c.Title, c.Source, c.Notice} {
		if len(text) > maxText {
			p.add(head, "a text of %d bytes is too long; want at most %d", len(text), maxText)
		}
	}
}

func (r *Requirement) validate(p *problems, at place) {
	switch {
	case r.Expectation == "":
		p.add(at, "%s has no expectation", r.ID)
	case r.Scope != Test && r.Scope != Document:
		p.add(at, "%s: there is no scope %.100q; want test or document", r.ID, string(r.Scope))
	case r.Scope == Document && r.Reason == "":
		p.add(at, "%s: its scope is a document, so its reason has to say what shows it in place of a test", r.ID)
	case r.Scope == Document && len(r.ObservedBy) > 0:
		p.add(at, "%s: its scope is a document, and yet it is observed_by specs; want one of both", r.ID)
	}
	for _, text := range []string{r.Title, r.Stimulus, r.Expectation, r.Reason} {
		if len(text) > maxText {
			p.add(at, "%s: a text of %d bytes is too long; want at most %d", r.ID, len(text), maxText)
		}
	}
	for _, l := range r.ObservedBy {
		if !isID(l) {
			p.add(at, "%s: observed_by %.100q, which is no label of a spec; otabench list shows all", r.ID, l)
		}
	}
}
