package main

import (
	"fmt"
	"os"

	"otabench/reports"
	sealed "otabench/reports/evidence"
	"otabench/reports/rederive"
)

// compareRaw compares the record of a run with the raw files beside it. A pass that cannot be derived again is none; of
// another verdict, what could not be compared is only said.
func compareRaw(root *os.Root, run *reports.Run) (compared []string, found []sealed.Finding, err error) {
	r, err := rederive.Check(root, run)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range r.Findings {
		text := f.What
		if f.Spec != "" {
			text += " in spec " + f.Spec
		}
		found = append(found, sealed.Finding{
			File: f.File, Text: fmt.Sprintf("%s at %v", text, f.T), Expected: f.Record + " by the record", Found: f.Raw,
		})
	}
	if r.More > 0 {
		found = append(found, sealed.Finding{Text: fmt.Sprintf("%d more places disagree with the record", r.More)})
	}
	for _, what := range r.Uncompared {
		if run.Status == reports.Passed {
			found = append(found, sealed.Finding{Text: "the verdict cannot be derived again: " + what})
		} else {
			compared = append(compared, "not compared: "+what)
		}
	}
	return append(words(r), compared...), found, nil
}

// words say what was compared.
func words(r rederive.Result) []string {
	return []string{
		fmt.Sprintf("%d exchanges and %d triggers with %d frames of the trace", r.Exchanges, r.Triggers, r.Frames),
		fmt.Sprintf("%d samples with %d readings, %d lines of consoles", r.Samples, r.Readings, r.Lines),
		fmt.Sprintf("%d specs and %d steps with Ginkgo's report, %d digests of raw files, %d folders of points and proofs", r.Specs, r.Steps, r.Files, r.Folders),
		fmt.Sprintf("%d measurements derived from raw files, %d vouched for by the suite alone", r.Measurements.Derived, r.Measurements.Reported+r.Measurements.Underived),
	}
}
