package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"otabench/scenarios"
)

func (a *app) list() *cobra.Command {
	var filter string
	c := &cobra.Command{
		Use:   "list",
		Short: "List the specs of the suite with their requirement labels",
		Example: `  otabench list
  otabench list --label-filter OTA-POST-4
  otabench list --json | jq -r '.specs[].id'`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			specs, err := scenarios.List(filter)
			if err != nil {
				return usage("label filter %q: %v", filter, err)
			}
			type listing struct {
				Specs []scenarios.Spec `json:"specs"`
			}
			return a.print(listing{specs}, func(w io.Writer) {
				for _, s := range specs {
					fmt.Fprintf(w, "%s  %s\n            %s\n", s.ID, s.Text, strings.Join(s.Labels, " "))
				}
				fmt.Fprintf(w, "%d specs\n", len(specs))
			})
		},
	}
	c.Flags().StringVar(&filter, "label-filter", "", `requirement labels, such as "OTA-POST-4 && !UN-R156/7.2.2.5"`)
	return c
}
