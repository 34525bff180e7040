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
// requirement, has a message that says so, which makes it "partial" and lobster-ci-report fail. A requirement that its
// catalogue leaves to documents is justified with the catalogue's reason.
//
//	err := lobster.Write(f, run)
package lobster

import (
	"encoding/json"
	"io"
	"slices"

	"otabench/reports"
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
	links := r.Links()
	for _, s := range r.Specs {
		t.Data = append(t.Data, activityOf(r, s, links[s.ID]))
	}
	for _, s := range r.LeftOut {
		t.Data = append(t.Data, leftOut(s, links[s.ID]))
	}
	return t.write(w)
}

// WriteRequirements writes the requirements of the catalogues that a run is judged by. Labels that no catalogue knows are not
// among them, so that LOBSTER reports the specs that refer to them.
func WriteRequirements(w io.Writer, r *reports.Run) error {
	t := newTrace(r, "lobster-req-trace", 4)
	place := map[string]int{} // by tag, which LOBSTER wants once
	var all []requirement
	for _, g := range r.Groups {
		if g.ID == reports.UnknownLabels {
			continue
		}
		for _, q := range g.Requirements {
			i, twice := place[q.ID]
			if !twice {
				place[q.ID] = len(all)
				all = append(all, requirementOf(r, g, q))
				continue
			}
			all[i].merge(requirementOf(r, g, q))
		}
	}
	for _, q := range all {
		t.Data = append(t.Data, q)
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

// refs are the requirements that a spec observes.
func refs(links []reports.Link) []string {
	all := []string{}
	for _, l := range links {
		if ref := "req " + tag(l.Requirement.ID); !slices.Contains(all, ref) {
			all = append(all, ref)
		}
	}
	return all
}

func line(s string) string { return visible.Line(s, 1000) }
