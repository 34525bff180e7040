// Package lobster writes a run as traces for LOBSTER, BMW's open report of traceability, which puts requirements, code and
// tests of many tools side by side.
//
// Write writes the specs as activities that refer to requirements ("req UN-R156/7.2.2.1.1"), WriteRequirements the
// catalogues themselves. Who has requirements of his own under these tags needs the first only:
//
//	requirements "Requirements" {
//	  source: "requirements.lobster";
//	  requires: "Bench";
//	}
//
//	activity "Bench" {
//	  source: "trace.lobster";
//	  trace to: "Requirements";
//	}
//
// LOBSTER takes an item as traced if there is a link, whatever its status. So each spec that did not pass, and each
// requirement, has a message that says so, which makes it "partial" and lobster-ci-report fail.
//
//	err := lobster.Write(f, run)
package lobster

import (
	"encoding/json"
	"io"
	"slices"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/catalogue"
	"otabench/reports/visible"
)

// trace is a file of LOBSTER.
type trace struct {
	Schema    string            `json:"schema"`
	Version   int               `json:"version"`
	Generator string            `json:"generator"`
	Custom    map[string]string `json:"custom_data"`
	Data      []any             `json:"data"`
}

// Write writes the specs of a run, also those that were left out of its selection.
func Write(w io.Writer, r *reports.Run) error {
	t := newTrace(r, "lobster-act-trace", 3)
	observations := r.Observations()
	for _, s := range r.Specs {
		t.Data = append(t.Data, activityOf(r, s, refs(s.SpecStart, observations[s.ID])))
	}
	for _, s := range r.LeftOut {
		t.Data = append(t.Data, leftOut(s, refs(s, observations[s.ID])))
	}
	return t.write(w)
}

// WriteRequirements writes the requirements of the catalogues that a run is judged by.
func WriteRequirements(w io.Writer, r *reports.Run) error {
	t := newTrace(r, "lobster-req-trace", 4)
	for _, g := range r.Groups {
		for _, q := range g.Requirements {
			t.Data = append(t.Data, requirementOf(r, g, q))
		}
	}
	return t.write(w)
}

func newTrace(r *reports.Run, schema string, version int) trace {
	return trace{Schema: schema, Version: version, Generator: "otabench", Data: []any{}, Custom: map[string]string{
		"component": line(r.Header.Bench), "ci_run": line(r.Header.Run), "record": r.Digest, "verdict": string(r.Status),
	}}
}

func (t trace) write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(t)
}

// refs are the requirements that a spec observes. A label that no catalogue knows is among them, so that LOBSTER reports it.
func refs(s record.SpecStart, observations []reports.Observation) []string {
	all := []string{}
	for _, o := range observations {
		all = append(all, "req "+tag(o.Requirement))
	}
	for _, l := range s.Labels {
		if ref := "req " + tag(l); catalogue.LooksLike(l) && !slices.Contains(all, ref) {
			all = append(all, ref)
		}
	}
	return all
}

func line(s string) string { return visible.Line(s, 1000) }
