package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/catalogue"
	"otabench/scenarios"
)

func (a *app) catalogueCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE|ID",
		Short: "Check a catalogue, and say which requirements the suite observes",
		Long: `Check a catalogue, and say what its requirements would come to if all specs of the suite passed: which would be passed in
part only, which no spec observes, and which are left to documents. What is wrong with a file is told with its lines, and
ends with status 2.`,
		Example: `  otabench catalogue check customer.yaml
  otabench catalogue check un-r156@00
  otabench catalogue check customer.reqif --json | jq '.not_observed'`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := namedCatalogue(args[0])
			if err != nil {
				return err
			}
			specs, err := scenarios.List("")
			if err != nil {
				return err
			}
			checked := coverageOf(c, specs)
			return a.print(checked, func(w io.Writer) { checked.print(w) })
		},
	}
}

// coverage is what check says of a catalogue.
type coverage struct {
	ID          string      `json:"id"` // with the edition
	Version     string      `json:"version"`
	Digest      string      `json:"digest"`
	ByTest      int         `json:"by_test"`
	ByDocument  int         `json:"by_document"`
	Observed    int         `json:"observed"`
	InPart      []uncovered `json:"in_part"`
	NotObserved []uncovered `json:"not_observed"`
}

// uncovered is a requirement that the suite does not observe as a whole.
type uncovered struct {
	ID      string   `json:"id"`
	Missing []string `json:"missing"` // labels that no spec observes as a whole
	Partly  bool     `json:"partly"`  // the catalogue says that the labels are not all of it
}

func coverageOf(c catalogue.Catalogue, specs []scenarios.Spec) coverage {
	suite := make([]record.SpecStart, len(specs))
	for i, s := range specs {
		suite[i] = record.SpecStart{ID: s.ID, Labels: s.Labels}
	}
	out := coverage{
		ID: c.Ref(), Version: c.Version, Digest: c.Digest, ByTest: c.Count(catalogue.Test), ByDocument: c.Count(catalogue.Document),
		InPart: []uncovered{}, NotObserved: []uncovered{},
	}
	for _, q := range reports.Coverage(c, suite).Requirements {
		u := uncovered{ID: q.ID, Missing: q.Missing(), Partly: q.Partly}
		switch q.Verdict {
		case reports.Passed:
			out.Observed++
		case reports.InPart:
			out.InPart = append(out.InPart, u)
		case reports.NotCovered:
			out.NotObserved = append(out.NotObserved, u)
		}
	}
	return out
}

func (c coverage) print(w io.Writer) {
	fmt.Fprintf(w, "%s, version %s: %d requirements by test, %d by document\n", c.ID, printable(c.Version), c.ByTest, c.ByDocument)
	fmt.Fprintf(w, "the suite observes %d of %d, %d in part and %d not at all\n", c.Observed, c.ByTest, len(c.InPart), len(c.NotObserved))
	for _, u := range c.InPart {
		why := "the catalogue says so"
		if len(u.Missing) > 0 {
			why = "no spec observes all of " + strings.Join(u.Missing, ", ")
		}
		fmt.Fprintf(w, "in part       %s: %s\n", u.ID, why)
	}
	for _, u := range c.NotObserved {
		fmt.Fprintf(w, "not observed  %s: no spec has %s\n", u.ID, strings.Join(u.Missing, ", "))
	}
}
