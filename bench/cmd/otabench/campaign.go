package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"otabench/bench"
	"otabench/ecu/campaign"
	"otabench/ecu/firmware"
)

func (a *app) flashCampaign() *cobra.Command {
	var previous []string
	c := &cobra.Command{
		Use:   "campaign ECU=PACKAGE...",
		Short: "Install packages in several ECUs, all or none",
		Long: `Install packages in several ECUs that belong together. ECUs are updated in the order that the bench file gives with
"after". Nothing becomes permanent before all of them run their new software; if anything fails before that, all go back to
what they ran before. PACKAGE is a file, or the role of a package in the bench file.`,
		Example: `  otabench flash campaign gateway=next inverter=next
  otabench flash campaign gateway=gw-2.otapkg cluster=cluster-2.yaml --previous cluster=cluster-1.yaml`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.campaign(c.Context(), args, previous) },
	}
	c.Flags().StringArrayVar(&previous, "previous", nil, "ECU=PACKAGE that is installed again to go back, for an ECU that cannot roll back by itself")
	return c
}

func (a *app) campaign(ctx context.Context, args, previous []string) error {
	updates, err := assignments(args)
	if err != nil {
		return err
	}
	back, err := assignments(previous)
	if err != nil {
		return err
	}
	roles := slices.Sorted(maps.Keys(updates))
	return a.withECUs(ctx, roles, func(ctx context.Context, b *bench.Bench) error {
		members, err := members(b, roles, updates, back)
		if err != nil {
			return err
		}
		for _, role := range roles {
			defer b.ECU(role).OnProgress(a.showProgress())()
		}
		reports, err := campaign.Run(ctx, members, campaign.Options{})
		return errors.Join(a.printReports(reports), campaignError(err))
	})
}

// assignments reads ECU=PACKAGE arguments.
func assignments(args []string) (map[string]string, error) {
	all := map[string]string{}
	for _, arg := range args {
		role, name, found := strings.Cut(arg, "=")
		if _, twice := all[role]; !found || role == "" || name == "" || twice {
			return nil, usage("%q: want ECU=PACKAGE, and each ECU once", arg)
		}
		all[role] = name
	}
	return all, nil
}

func members(b *bench.Bench, roles []string, updates, previous map[string]string) ([]campaign.Member, error) {
	var all []campaign.Member
	for _, role := range roles {
		e := b.ECU(role)
		m := campaign.Member{Unit: e.Unit, After: e.After()}
		var err error
		if m.Package, err = packageOf(e, updates[role]); err != nil {
			return nil, err
		}
		if name, named := previous[role]; named {
			if m.Previous, err = packageOf(e, name); err != nil {
				return nil, err
			}
		}
		all = append(all, m)
	}
	return all, nil
}

// packageOf finds a package by its role at an open ECU, or in a file.
func packageOf(e *bench.ECU, name string) (*firmware.Package, error) {
	return chosen(func(role string) *firmware.Package {
		if e.HasPackage(role) {
			return e.Package(role)
		}
		return nil
	}, name)
}

// campaignError tells a campaign that ended as it should from one that left ECUs behind.
func campaignError(err error) error {
	switch {
	case errors.Is(err, campaign.ErrStranded), errors.Is(err, campaign.ErrReverted):
		return &status{exitFailed, err}
	case errors.Is(err, campaign.ErrNoWayBack), errors.Is(err, campaign.ErrOrder):
		return &status{exitUsage, err}
	case err != nil:
		return flashError(err)
	}
	return nil
}

func (a *app) printReports(reports []campaign.Report) error {
	type row struct {
		ECU     string         `json:"ecu"`
		Outcome string         `json:"outcome"`
		Before  map[string]any `json:"before"`
		After   map[string]any `json:"after"`
		Error   string         `json:"error,omitempty"`
	}
	rows := []row{}
	for _, r := range reports {
		one := row{ECU: r.ECU, Outcome: string(r.Outcome), Before: identityRow(r.Before), After: identityRow(r.After)}
		if r.Err != nil {
			one.Error = r.Err.Error()
		}
		rows = append(rows, one)
	}
	return a.print(rows, func(w io.Writer) {
		for _, r := range reports {
			fmt.Fprintf(w, "%-12s %-10s %s\n", r.ECU, r.Outcome, printable(r.After.String()))
		}
	})
}
