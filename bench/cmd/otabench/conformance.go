package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"otabench/bench"
	"otabench/ecu/conformance"
)

func (a *app) udsConformance() *cobra.Command {
	var ids []string
	c := &cobra.Command{
		Use:   "conformance ECU",
		Short: "Hold an ECU's diagnostic server to ISO 14229, one rule at a time",
		Long: `Hold an ECU's diagnostic server to ISO 14229-1:2020 and ISO 14229-2:2021. Nothing is erased, written or
cleared. Some checks take long, restart the ECU or lock it out for a while; --check chooses single ones:

` + listChecks() + `
What the ECU does not have is not applicable, which is no pass.

Exit status: 0 all that applies passed; 1 the ECU broke a rule; 3 the bench is at fault, or the ECU does not answer.`,
		Example: `  otabench uds conformance bcm
  otabench uds conformance bcm --check timing-p2,timing-p2-star
  otabench uds conformance -b bench.yaml bcm --json`,
		Args: cobra.ExactArgs(1), ValidArgsFunction: a.completeECU,
		RunE: func(c *cobra.Command, args []string) error { return a.conformance(c.Context(), args[0], ids) },
	}
	c.Flags().StringSliceVar(&ids, "check", nil, "IDs of the checks to run; all if left out")
	_ = c.RegisterFlagCompletionFunc("check", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return checkIDs(), cobra.ShellCompDirectiveNoFileComp
	})
	return c
}

func checkIDs() (ids []string) {
	for _, check := range conformance.Checks() {
		ids = append(ids, check.ID)
	}
	return ids
}

// listChecks is the list of checks in the help.
func listChecks() string {
	var b strings.Builder
	for _, check := range conformance.Checks() {
		fmt.Fprintf(&b, "  %-23s %s", check.ID, check.Text)
		if check.Cost != "" {
			fmt.Fprintf(&b, " (%s)", check.Cost)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// chooseChecks finds checks by their IDs, in the order in which they are best run.
func chooseChecks(ids []string) ([]conformance.Check, error) {
	for _, id := range ids {
		if !slices.Contains(checkIDs(), id) {
			return nil, usage("there is no check %q; otabench uds conformance --help lists them", id)
		}
	}
	return slices.DeleteFunc(conformance.Checks(), func(c conformance.Check) bool {
		return len(ids) > 0 && !slices.Contains(ids, c.ID)
	}), nil
}

func (a *app) conformance(ctx context.Context, role string, ids []string) error {
	checks, err := chooseChecks(ids)
	if err != nil {
		return err
	}
	return a.withECU(ctx, role, func(ctx context.Context, e *bench.ECU) error {
		report, err := a.runChecks(ctx, e, checks)
		if err := a.print(report, report.summary); err != nil {
			return err
		}
		switch {
		case err != nil:
			return fmt.Errorf("no verdict: %w", err)
		case report.Failed > 0:
			return &status{exitFailed, fmt.Errorf("%s breaks %d of %d rules", role, report.Failed, len(checks))}
		}
		return nil
	})
}

// runChecks shows each finding as it comes, unless it is to be JSON. The report has what was found before an error.
func (a *app) runChecks(ctx context.Context, e *bench.ECU, checks []conformance.Check) (*conformanceReport, error) {
	probe := conformance.NewProbe(e.Unit, e.Bus())
	defer probe.Close()
	report := &conformanceReport{ECU: e.Name(), Findings: []findingRow{}}
	for _, check := range checks {
		finding, err := check.Run(ctx, probe)
		if finding.Outcome != "" {
			report.add(finding)
			if !a.json {
				fmt.Fprintln(a.out, finding)
			}
		}
		if err != nil {
			return report, err
		}
	}
	return report, nil
}

// conformanceReport gives the findings the names that scripts see.
type conformanceReport struct {
	ECU           string       `json:"ecu"`
	Passed        int          `json:"passed"`
	Failed        int          `json:"failed"`
	NotApplicable int          `json:"not_applicable"`
	Findings      []findingRow `json:"findings"`
}

type findingRow struct {
	Check        string           `json:"check"`
	Clauses      []string         `json:"clauses"`
	Text         string           `json:"text"`
	Outcome      string           `json:"outcome"` // passed, failed, not applicable
	Reason       string           `json:"reason,omitempty"`
	Observations int              `json:"observations"`
	Violations   []violationRow   `json:"violations,omitempty"`
	Measurements []measurementRow `json:"measurements,omitempty"`
}

type violationRow struct {
	Session    byte   `json:"session"`
	Functional bool   `json:"functional,omitempty"`
	Request    string `json:"request"`            // hexadecimal, without keys
	Response   string `json:"response,omitempty"` // hexadecimal; none if the ECU was silent
	Want       string `json:"want"`
}

type measurementRow struct {
	Name  string   `json:"name"`
	Value float64  `json:"value_ms"`
	Min   *float64 `json:"min_ms,omitempty"`
	Max   *float64 `json:"max_ms,omitempty"`
}

func (r *conformanceReport) add(f conformance.Finding) {
	switch f.Outcome {
	case conformance.Passed:
		r.Passed++
	case conformance.Failed:
		r.Failed++
	default:
		r.NotApplicable++
	}
	row := findingRow{
		Check: f.Check.ID, Clauses: f.Check.Clauses, Text: f.Check.Text, Outcome: string(f.Outcome), Reason: f.Reason,
		Observations: f.Observations,
	}
	for _, v := range f.Violations {
		row.Violations = append(row.Violations, violationRow{
			Session: v.Session, Functional: v.Functional, Want: v.Want,
			Request: hex.EncodeToString(v.Request), Response: hex.EncodeToString(v.Response),
		})
	}
	for _, m := range f.Measurements {
		row.Measurements = append(row.Measurements, measurementRow{
			Name: m.Name, Value: m.Value.Seconds() * 1000, Min: milliseconds(m.Min), Max: milliseconds(m.Max),
		})
	}
	r.Findings = append(r.Findings, row)
}

// milliseconds is a limit, nil for none.
func milliseconds(limit time.Duration) *float64 {
	if limit == 0 {
		return nil
	}
	return new(limit.Seconds() * 1000)
}

func (r *conformanceReport) summary(w io.Writer) {
	fmt.Fprintf(w, "%d passed, %d failed, %d not applicable\n", r.Passed, r.Failed, r.NotApplicable)
}
