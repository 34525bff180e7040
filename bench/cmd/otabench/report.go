package main

import (
	"errors"

	"github.com/spf13/cobra"

	"otabench/reports"
	"otabench/reports/publish"
)

func (a *app) report() *cobra.Command {
	return &cobra.Command{
		Use:     "report RUN",
		Short:   "Derive the verdicts of a run folder again and write its reports",
		Example: "  otabench report runs/nightly",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			sum, err := a.publish(args[0])
			if err != nil {
				return err
			}
			return verdict(sum)
		},
	}
}

// publish writes the reports of a run folder and prints their summary.
func (a *app) publish(dir string) (publish.Summary, error) {
	sum, err := publish.Write(dir)
	if err != nil {
		return sum, usage("%w", err)
	}
	return sum, a.printRun(sum)
}

// verdict turns the status of a run into an exit status.
func verdict(sum publish.Summary) error {
	switch {
	case sum.Interrupted:
		return &status{exitInterrupted, errors.New("the run was interrupted")}
	case len(sum.Unsafe) > 0:
		return fault("not confirmed off: %v", sum.Unsafe)
	case sum.Status == reports.Passed:
		return nil
	case sum.Status == reports.Void:
		return fault("the run is void: %s", sum.Reason)
	case sum.Status == reports.Failed:
		return &status{exitFailed, errors.New("a verdict failed")}
	}
	// What was not run is no pass.
	return &status{exitFailed, errors.New("not every spec was run")}
}
