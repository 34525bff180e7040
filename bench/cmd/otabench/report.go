package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"otabench/reports"
	"otabench/reports/publish"
)

func (a *app) report() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "report RUN",
		Short: "Derive the verdicts of a run folder again and write its reports",
		Long: `Derive the verdicts of a run folder again and write its reports: report.html, report.pdf, junit.xml and
measurements.csv. The reports in a folder that is sealed are evidence, and stay as they are: name another folder with
--output to have them written anew, by this version of otabench.`,
		Example: `  otabench report runs/nightly
  otabench report runs/nightly -o reports`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			thrifty()
			sum, err := reportTo(args[0], out)
			if err != nil {
				return usage("%w", err)
			}
			if err := a.printRun(sum); err != nil {
				return err
			}
			return verdict(sum)
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "folder for the reports, made if need be; the run folder if left out")
	_ = c.MarkFlagDirname("output")
	return c
}

// reportTo writes the reports of a run folder into it, or into another one.
func reportTo(dir, out string) (publish.Summary, error) {
	if out == "" {
		return publish.Write(dir)
	}
	sum, err := publish.Derive(dir)
	if err != nil {
		return sum, err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return sum, err
	}
	return sum, sum.WriteTo(out)
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
