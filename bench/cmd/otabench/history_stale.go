package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"otabench/bench/config"
	"otabench/reports/conditions"
	"otabench/reports/history"
	"otabench/reports/visible"
)

func (a *app) historyStale(o *historyOptions) *cobra.Command {
	var firmware map[string]string
	c := &cobra.Command{
		Use:   "stale",
		Short: "Say which clauses must run again",
		Long: `Say which clauses must run again, because firmware, bench file, suite or catalogue are no longer those that their evidence was made
with, or because their specs never came to a verdict. Evidence of a void run is none.

What is compared: the bench file, the catalogues that it names, this program, and the firmware of the newest run on that bench,
apart from what --firmware says.

Exit status: 0 all evidence holds, 1 some clauses must run again. Clauses that no spec observes are counted and do not matter.`,
		Example: `  otabench history stale -b bench.yaml
  otabench history stale -b bench.yaml --firmware bcm=1.5.0
  otabench history stale --json | jq -r '.clauses[] | select(.freshness == "stale") | .clause'`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.stale(o.file, firmware) },
	}
	c.Flags().StringToStringVar(&firmware, "firmware", nil, "what a unit runs today, as ROLE=VERSION; may be given again")
	return c
}

// staleness is what stands today, and what it makes of the evidence.
type staleness struct {
	Present history.Present    `json:"present"`
	Named   string             `json:"firmware_from"` // where the firmware of the units that were not named comes from
	Clauses []history.Standing `json:"clauses"`
}

func (a *app) stale(file string, firmware map[string]string) (err error) {
	f, text, err := a.file()
	if err != nil {
		return err
	}
	for _, role := range slices.Sorted(maps.Keys(firmware)) {
		if _, ok := f.ECUs[role]; !ok {
			return usage("--firmware %s=%s: %s has no such unit; it has %s", role, firmware[role], f.Name, strings.Join(slices.Sorted(maps.Keys(f.ECUs)), ", "))
		}
	}
	db, err := openHistory(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	s, err := standsToday(db, f, text, firmware)
	if err != nil {
		return err
	}
	if s.Clauses, err = db.Stale(s.Present); err != nil {
		return usage("%w", err)
	}
	if err := a.print(s, s.write); err != nil {
		return err
	}
	if slices.ContainsFunc(s.Clauses, func(c history.Standing) bool { return !c.Holds() }) {
		return &status{exitFailed, errors.New("some clauses must run again")}
	}
	return nil
}

// standsToday gathers what evidence has to be made with.
func standsToday(db *history.DB, f *config.File, text []byte, firmware map[string]string) (staleness, error) {
	s := staleness{
		Present: history.Present{Bench: config.Digest(text), Suite: suiteDigest(), Firmware: map[string]string{}},
		Named:   "no run on " + f.Name,
	}
	newest, err := db.Newest(f.Name)
	if err != nil {
		return s, usage("%w", err)
	}
	if newest != nil {
		s.Named = "run " + newest.ID
		maps.Copy(s.Present.Firmware, newest.Conditions.Firmware)
		s.Present.Silent = slices.DeleteFunc(newest.Conditions.Silent, func(role string) bool { return firmware[role] != "" })
	}
	maps.Copy(s.Present.Firmware, firmware)
	all, err := cataloguesOf(f)
	if err != nil {
		return s, err
	}
	for _, j := range all {
		s.Present.Add(j.Catalogue)
	}
	return s, nil
}

func (s staleness) write(w io.Writer) {
	var units []string
	for _, role := range slices.Sorted(maps.Keys(s.Present.Firmware)) {
		units = append(units, role+" "+s.Present.Firmware[role])
	}
	fmt.Fprintf(w, "Today: bench file %.12s, suite %.12s, %s (what was not named is from %s)\n", s.Present.Bench, s.Present.Suite,
		visible.Line(strings.Join(units, ", "), 200), visible.Line(s.Named, 80))
	counts := map[history.Freshness]int{}
	var reasons []string
	why := map[string][]string{} // clauses by what changed
	for _, c := range s.Clauses {
		counts[c.Freshness]++
		if c.Holds() {
			continue
		}
		reason := "no evidence"
		if c.Freshness == history.Stale {
			reason = changesLine(c.Changes)
		}
		if why[reason] == nil {
			reasons = append(reasons, reason)
		}
		why[reason] = append(why[reason], clauseLine(c))
	}
	for _, reason := range reasons {
		fmt.Fprintf(w, "\n%s\n  %s\n", reason, strings.Join(why[reason], "\n  "))
	}
	fmt.Fprintf(w, "\n%d of %d clauses must run again: %d stale, %d missing; %d are fresh, %d have no spec\n",
		counts[history.Stale]+counts[history.Missing], len(s.Clauses), counts[history.Stale], counts[history.Missing], counts[history.Fresh], counts[history.None])
}

func changesLine(changes []conditions.Change) string {
	var parts []string
	for _, c := range changes {
		parts = append(parts, c.String())
	}
	return strings.Join(parts, "; ")
}

func clauseLine(c history.Standing) string {
	if c.Freshness == history.Missing {
		return visible.Line(c.Clause, 60)
	}
	return fmt.Sprintf("%-22s %s in %s", visible.Line(c.Clause, 60), c.Verdict, visible.Line(c.Run, 60))
}
