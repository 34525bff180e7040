package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"otabench/reports"
	"otabench/reports/diff"
)

func (a *app) diff() *cobra.Command {
	return &cobra.Command{
		Use:   "diff RUN RUN",
		Short: "Say what changed from one run to another",
		Long: `Say what changed from the first run folder to the second: firmware, bench file, suite, catalogues and equipment; verdicts of
specs and clauses; measurements that moved beyond what is known of them; durations and lost frames.

Exit status: 0 no verdict got worse, 1 the run, a spec or a clause came to a worse one. What is no longer concluded counts as
worse than a pass; what failed and is no longer concluded as neither. A spec that is gone counts by its clauses.`,
		Example: `  otabench diff runs/monday runs/tuesday
  otabench diff runs/monday runs/tuesday --json | jq '.specs[] | select(.turn == "worse")'`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			before, err := reports.Load(args[0])
			if err != nil {
				return usage("%w", err)
			}
			after, err := reports.Load(args[1])
			if err != nil {
				return usage("%w", err)
			}
			d := diff.Compare(before, after)
			if err := a.print(d, func(w io.Writer) { _ = diff.Terminal(w, d) }); err != nil {
				return err
			}
			if d.Worse() {
				return &status{exitFailed, errors.New("something got worse")}
			}
			return nil
		},
	}
}
