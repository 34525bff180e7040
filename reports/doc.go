// Package reports derives verdicts from the record of a run, and from nothing else.
//
// A run folder holds record.jsonl, which the bench wrote as things happened. Load reads it and derives, by the
// rule that DecisionRule states, a verdict for each spec, for each requirement of the catalogues and for the run.
// Whoever has the record can derive them again. Packages html, pdf and junit show a Run, publish writes what they make
// into its folder.
//
//	run, err := reports.Load("runs/2026-03-02")
//	if err != nil {
//		return err
//	}
//	reports.Terminal(os.Stdout, run, false)
package reports
