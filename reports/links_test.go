package reports_test

import (
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/catalogue"
	"otabench/reports/reportstest"
)

func TestLinks(t *testing.T) {
	suite := []record.SpecStart{
		reportstest.Start("whole", "s", "X-1"),
		reportstest.Start("part", "s", "X-1", "part:X-1"),
		reportstest.Start("other", "s", "Y-1", "slow"),
		reportstest.Start("both", "s", "Y-1", "Y-2"),
		reportstest.Start("none", "s", "slow"),
	}
	group := reports.Coverage(catalogue.Catalogue{Requirements: []catalogue.Requirement{
		{ID: "X-1"}, {ID: "X-2", ObservedBy: []string{"Y-1", "Y-2"}}, {ID: "X-3", ObservedBy: []string{"X-1"}, Partly: true},
	}}, suite)
	group.Requirements[0].LeftOut = []record.SpecStart{reportstest.Start("left", "s", "X-1")}
	links := (&reports.Run{Groups: []reports.Group{group}}).Links()
	got := map[string]bool{}
	for spec, all := range links {
		for _, l := range all {
			got[spec+" "+l.Requirement.ID] = l.Whole
		}
	}
	want := map[string]bool{
		"whole X-1": true, "part X-1": false, "left X-1": true, "other X-2": false, "both X-2": true, "whole X-3": false, "part X-3": false,
	}
	if len(got) != len(want) {
		t.Errorf("links %v, want %v", got, want)
	}
	for link, whole := range want {
		if w, known := got[link]; !known || w != whole {
			t.Errorf("%s: known %v, whole %v, want %v", link, known, w, whole)
		}
	}
}
