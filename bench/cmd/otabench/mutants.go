package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"otabench/bench/config"
	"otabench/ecu/sim"
	"otabench/ecu/sim/master"
	"otabench/reports/mutation"
)

type mutantsOptions struct {
	dir, filter          string
	workers              int
	fast, list, noSweeps bool
}

func (a *app) mutants() *cobra.Command {
	var o mutantsOptions
	c := &cobra.Command{
		Use:   "mutants [NAME...]",
		Short: "Run the suite on faulty ECUs and say which of them it notices",
		Long: `Run the suite on simulated ECUs with one realistic fault each, and say which of them it tells from a good one.

The good ECU comes first: a spec that does not pass on it is a false alarm and kills nothing. A mutant is killed by a spec
that fails on it. Mutants that only a power cut between two operations of their flash shows are swept as well, from
either slot.

Exit status: 0 every mutant was killed and there was no false alarm; 1 otherwise; 2 wrong usage; 3 the bench is at fault;
130 interrupted.`,
		Example: `  otabench mutants
  otabench mutants nvm-in-place no-revert
  otabench mutants --fast -o runs/mutants
  otabench mutants --list
  otabench mutants --json | jq -r '.mutants[] | select(.killed_by == []) | .name'`,
		ValidArgs: mutantNames(),
		RunE: func(c *cobra.Command, names []string) error {
			if o.list {
				return a.listMutants()
			}
			return a.runMutants(c.Context(), o, names)
		},
	}
	fl := c.Flags()
	fl.StringVarP(&o.dir, "output", "o", "", "folder for mutants.html and mutants.json, made new; runs/mutants-DATE if left out")
	fl.StringVar(&o.filter, "label-filter", "", "only specs with these labels")
	fl.IntVarP(&o.workers, "workers", "j", runtime.NumCPU(), "suites at the same time")
	fl.BoolVar(&o.fast, "fast", false, "end the suite on a mutant with the first spec that kills it")
	fl.BoolVar(&o.noSweeps, "no-sweep", false, "make no sweeps")
	fl.BoolVar(&o.list, "list", false, "only say which mutants there are, with their stories")
	_ = c.MarkFlagDirname("output")
	return c
}

func mutantNames() []string {
	var names []string
	for _, m := range allMutants() {
		names = append(names, m.Name)
	}
	return names
}

// Specs of an ECU by itself know nothing of an update master, and those of a vehicle are for its master.
const (
	ofVehicle = "OTA"
	ofECU     = "!OTA"
)

// allMutants are the faults of the simulated ECU and of the simulated update master.
func allMutants() []mutation.Mutant {
	var all []mutation.Mutant
	for _, d := range sim.Catalogue() {
		all = append(all, mutation.Mutant{Name: string(d.Name), Story: d.Story, Group: d.Group, Sweep: d.Sweep, Filter: ofECU})
	}
	for _, d := range master.Catalogue() {
		all = append(all, mutation.Mutant{Name: string(d.Name), Story: d.Story, Group: d.Group, Filter: ofVehicle})
	}
	return all
}

// possible are the mutants that a bench can have.
func possible(f *config.File, all []mutation.Mutant) []mutation.Mutant {
	return slices.DeleteFunc(all, func(m mutation.Mutant) bool {
		if m.Filter == ofVehicle {
			return f.SimulatedMaster() == nil
		}
		return f.Simulation == nil || len(f.Simulation.ECUs) == 0
	})
}

func (a *app) listMutants() error {
	all := allMutants()
	return a.print(all, func(w io.Writer) {
		group := ""
		for _, m := range all {
			if m.Group != group {
				group = m.Group
				fmt.Fprintf(w, "%s\n", group)
			}
			mark := ""
			if m.Sweep {
				mark = " (needs the sweep)"
			}
			fmt.Fprintf(w, "  %s%s\n      %s\n", m.Name, mark, m.Story)
		}
	})
}

func (a *app) runMutants(ctx context.Context, o mutantsOptions, names []string) error {
	f, _, err := a.file()
	if err != nil {
		return err
	}
	chosen, err := choose(names)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		chosen = possible(f, chosen)
	}
	if len(chosen) == 0 {
		return usage("%s has no simulated ECU and no simulated update master that can have a fault", f.Name)
	}
	if err := chooses(f, o.filter); err != nil {
		return err
	}
	if !f.Simulated() {
		return usage("mutants: %s has devices that are not simulated", f.Name)
	}
	if err := mutate(f, chosen[0].Name); err != nil { // of a copy: the children read the file again
		return err
	}
	if o.dir == "" {
		o.dir = filepath.Join("runs", "mutants-"+time.Now().UTC().Format("20060102T150405Z"))
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return fault("%w", err)
	}
	show := a.progressTo()
	m, err := a.tryMutants(ctx, o, chosen, show)
	if err != nil {
		return err
	}
	if err := m.write(o.dir); err != nil {
		return fault("%w", err)
	}
	if err := a.print(m.Matrix, func(w io.Writer) { printMatrix(w, m.Matrix, o.dir) }); err != nil {
		return err
	}
	if n := len(m.Survivors()); n > 0 || len(m.FalseAlarms) > 0 {
		return &status{exitFailed, fmt.Errorf("%d of %d mutants survived, %d false alarms", n, len(m.Rows), len(m.FalseAlarms))}
	}
	return nil
}

// choose returns the mutants with the given names, all if there are none.
func choose(names []string) ([]mutation.Mutant, error) {
	all := allMutants()
	if len(names) == 0 {
		return all, nil
	}
	var chosen []mutation.Mutant
	for _, name := range names {
		i := slices.IndexFunc(all, func(m mutation.Mutant) bool { return m.Name == name })
		if i < 0 {
			return nil, usage("there is no mutant %q; otabench mutants --list shows all", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// matrix is a kill matrix that can be written.
type matrix struct{ mutation.Matrix }

func (m matrix) write(dir string) error {
	text, err := json.MarshalIndent(m.Matrix, "", "  ")
	if err != nil {
		return err
	}
	page, err := os.Create(filepath.Join(dir, "mutants.html"))
	if err != nil {
		return err
	}
	return errors.Join(m.HTML(page, time.Now()), page.Close(),
		os.WriteFile(filepath.Join(dir, "mutants.json"), append(text, '\n'), 0o644))
}

// commonFilter is the filter of all mutants, empty if they differ: the good ECU need not show more.
func commonFilter(all []mutation.Mutant) string {
	for _, m := range all {
		if m.Filter != all[0].Filter {
			return ""
		}
	}
	return all[0].Filter
}

// tryMutants runs the suite on the good ECU and on each mutant.
func (a *app) tryMutants(ctx context.Context, o mutantsOptions, chosen []mutation.Mutant, show io.Writer) (matrix, error) {
	runner := childRunner{app: a, filter: o.filter, fast: o.fast}
	fmt.Fprintf(show, "%d mutants; the good ECU first\n", len(chosen))
	good, err := runner.suite(ctx, mutation.Mutant{Filter: commonFilter(chosen)})
	if err != nil {
		return matrix{}, err
	}
	fmt.Fprintf(show, "good ECU: %d specs\n", len(good.Specs))
	runner.passes = map[string]bool{}
	for _, s := range good.Specs {
		runner.passes[s.ID] = s.Outcome == "passed"
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	trials := make([]mutation.Trial, len(chosen))
	todo := make(chan int)
	var workers sync.WaitGroup
	var screen sync.Mutex
	for range max(o.workers, 1) {
		workers.Go(func() {
			for i := range todo {
				t, err := runner.mutant(ctx, chosen[i], !o.noSweeps)
				if err != nil {
					stop(err)
					continue
				}
				trials[i] = t
				screen.Lock()
				showMutant(show, mutation.Judge(good, []mutation.Trial{t}).Rows[0])
				screen.Unlock()
			}
		})
	}
	for i := range chosen {
		select {
		case todo <- i:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(todo)
	workers.Wait()
	if err := context.Cause(ctx); err != nil {
		return matrix{}, err
	}
	return matrix{mutation.Judge(good, trials)}, nil
}

func showMutant(w io.Writer, r mutation.Row) {
	if !r.Killed() {
		fmt.Fprintf(w, "  ✗ %s survives\n", r.Name)
		return
	}
	fmt.Fprintf(w, "  ✓ %s, by %d\n", r.Name, len(r.KilledBy))
}

func printMatrix(w io.Writer, m mutation.Matrix, dir string) {
	for _, id := range m.FalseAlarms {
		fmt.Fprintf(w, "FALSE ALARM  %s (%s)\n", m.Text(id), id)
	}
	for _, r := range m.Survivors() {
		fmt.Fprintf(w, "SURVIVES  %s (%s)\n    %s\n", r.Name, r.Group, r.Story)
	}
	for _, r := range m.Rows {
		if !r.Killed() {
			continue
		}
		fmt.Fprintf(w, "killed    %-32s %3d  %s\n", r.Name, len(r.KilledBy), m.Text(r.KilledBy[0]))
	}
	killed := len(m.Rows) - len(m.Survivors())
	fmt.Fprintf(w, "\n%d of %d mutants killed, %d false alarms in %d specs on the good ECU\n%s\n", killed, len(m.Rows),
		len(m.FalseAlarms), len(m.Specs), filepath.Join(dir, "mutants.html"))
}
