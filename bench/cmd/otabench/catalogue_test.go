package main

import (
	"slices"
	"testing"

	"otabench/reports/catalogue"
	"otabench/scenarios"
)

// What otabench's catalogues leave to documents is what no spec of otabench has for its label, and what they name is known.
func TestCataloguesFitTheSuite(t *testing.T) {
	specs, err := scenarios.List("")
	if err != nil {
		t.Fatal(err)
	}
	var labels []string
	for _, s := range specs {
		labels = append(labels, s.Labels...)
	}
	all, err := catalogue.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		for _, r := range c.Requirements {
			if r.Scope == catalogue.Document && slices.Contains(labels, r.ID) {
				t.Errorf("%s is left to documents, and specs observe it", r.ID)
			}
			for _, l := range r.ObservedBy {
				if !slices.Contains(labels, l) {
					t.Errorf("%s is observed by %s, which no spec has", r.ID, l)
				}
			}
		}
	}
}
