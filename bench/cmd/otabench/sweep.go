package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/packages"
	"otabench/bench/record"
	"otabench/bench/sweep"
	"otabench/bench/virtualtime"
	"otabench/ecu/firmware"
	sealed "otabench/reports/evidence"
)

type sweepOptions struct {
	dir, point         string
	ecu, pkg           string
	faults, procedures []string
	seed               uint64
	sample, workers    int
	repeats, evidence  int
	planOnly, whole    bool
	brief, otherSlot   bool
	mutant             string
	vehicle            bool
	faultsGiven        bool
	resume, boundaries bool
	seal               sealFlags
	sealing            sealed.Options // what seal names
	virtual            bool           // time
}

func (a *app) sweep() *cobra.Command {
	var o sweepOptions
	c := &cobra.Command{
		Use:   "sweep",
		Short: "Interrupt an update at every point there is and say what becomes of the unit",
		Long: `Interrupt an update, and the reverts after one, at every point there is, and say what becomes of the unit each time.

An undisturbed run finds the points: every frame of the unit's diagnostic connection and, of a simulated unit, every
operation of its flash, at its beginning, in its middle and just before its end. Each point of a simulated unit is then
tried on a bench of its own, in virtual time. On hardware, points are tried one after another: the end of every message
and the middle of every long silence, and then what lies between neighbours that ended differently, down to one frame or
one millisecond.

Every trial ends with a complete reflash. Outcomes are old, new, recoverable (only the bootloader answers), mixed and
bricked. Cuts of a simulated unit that leave the same memory in the same phase share the rest of the first of them.

When the points of a simulated unit have been tried, one of each kind (procedure, phase, fault, outcome) is played again,
what went wrong first, and leaves its record, trace, voltages and report in a folder below points/; the map in the report
leads there. It has to end as it did in the sweep, or the sweep is void.

A sweep that was stopped goes on with --resume. A point that went wrong is printed as a command that plays it again, alone
and with its record, trace and voltages.

With --json, {"plan": {...}, "points": [{"phase", "offset", "fault", "outcome", "recovered", ...}], "counts": {...}} goes to
standard output and the progress to standard error.`,
		Example: `  otabench sweep
  otabench sweep --plan
  otabench sweep --package medium --fault cut --fault cut-twice -o runs/sweep
  otabench sweep -o runs/sweep --resume
  otabench sweep --point update/3605#1+23/cut -o runs/point
  otabench sweep --vehicle --sample 200
  otabench sweep --vehicle --point rollout/frame120/cut-all -o runs/point
  otabench sweep --json | jq .counts`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			o.faultsGiven = c.Flags().Changed("fault")
			return a.runSweep(c.Context(), o)
		},
	}
	fl := c.Flags()
	fl.StringVarP(&o.dir, "output", "o", "", "run folder, made new; runs/DATE if left out")
	fl.StringVar(&o.ecu, "ecu", "", "role of the unit; the first one of the bench if left out")
	fl.StringVar(&o.pkg, "package", "next", "role of the package that is installed")
	fl.StringArrayVar(&o.faults, "fault", []string{sweep.Cut}, "what happens at each point; may be given several times")
	fl.StringArrayVar(&o.procedures, "procedure", nil, "update, revert or lapse; all that the unit has if left out")
	fl.BoolVar(&o.vehicle, "vehicle", false, "interrupt the update of a whole vehicle by its update master: a rollout, with the faults cut-master, cut-ecu and cut-all")
	fl.StringVar(&o.point, "point", "", "play this point alone, with all evidence")
	fl.Uint64Var(&o.seed, "seed", 0, "seed of the simulation; that of the bench file if 0")
	fl.IntVar(&o.sample, "sample", 0, "try only this many points, spread evenly; all if 0")
	fl.BoolVar(&o.otherSlot, "other-slot", false, "begin each trial with the unit running from its other slot")
	fl.BoolVar(&o.brief, "brief", false, "leave out the frames within messages")
	mutantFlag(c, &o.mutant)
	fl.IntVar(&o.workers, "workers", runtime.NumCPU(), "trials at the same time")
	fl.BoolVar(&o.planOnly, "plan", false, "only say what would be tried")
	fl.BoolVar(&o.whole, "whole", false, "play every trial to its end, also those whose cut left the same as another")
	fl.BoolVar(&o.boundaries, "boundaries", false, "sweep a simulated bench as if it were hardware: on one bench, with a search between outcomes")
	fl.BoolVar(&o.virtual, "virtual-time", false, "with --boundaries, let a simulated bench run without waiting")
	fl.IntVar(&o.repeats, "repeats", 3, "tries of each side of a boundary that the search on one bench finds")
	fl.IntVar(&o.evidence, "evidence", representatives, "points that are played again with all evidence, one of each kind; none if 0")
	fl.BoolVar(&o.resume, "resume", false, "go on with the sweep in --output")
	o.seal.add(c)
	_ = c.MarkFlagDirname("output")
	_ = c.RegisterFlagCompletionFunc("fault", cobra.FixedCompletions(sweep.FaultNames(), cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("procedure", cobra.FixedCompletions(procedureNames(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func procedureNames() []string {
	return []string{string(sweep.Update), string(sweep.Revert), string(sweep.Lapse)}
}

func (a *app) runSweep(ctx context.Context, o sweepOptions) error {
	f, text, err := a.file()
	if err != nil {
		return err
	}
	if err := checkPackages(f, a.bench); err != nil {
		return err
	}
	if o.sealing, err = o.seal.options(); err != nil {
		return err
	}
	if o.vehicle {
		return a.sweepVehicle(ctx, f, text, o)
	}
	if err := o.check(f); err != nil {
		return err
	}
	if err := mutate(f, o.mutant); err != nil {
		return err
	}
	sharpen(f)
	if o.boundaries || !f.Simulated() {
		return a.sweepOneBench(ctx, f, text, o)
	}
	if o.seed == 0 {
		o.seed = f.Simulation.Seed
	}
	f.Simulation.Seed = o.seed
	a.hosted(ctx, f, text, o, (*sweeping).run)
	return nil
}

// hosted runs a sweep whose trials are in virtual time, and ends the process.
func (a *app) hosted(ctx context.Context, f *config.File, text []byte, o sweepOptions, run func(*sweeping, context.Context) error) {
	virtualtime.Host(func(bubble func(func(context.Context))) int {
		s := &sweeping{app: a, o: o, f: f, text: text, bubble: bubble}
		err := s.loadPackages()
		if err == nil {
			err = run(s, ctx)
		}
		if err != nil && err.Error() != "" {
			fmt.Fprintln(a.errs, "otabench:", err)
		}
		return exitOf(ctx, err)
	})
}

// loadPackages reads the packages of all ECUs once.
func (s *sweeping) loadPackages() (err error) {
	s.packages = map[string]map[string]*firmware.Package{}
	for role, e := range s.f.ECUs {
		if s.packages[role], err = packages.Load(role, e, filepath.Dir(s.bench)); err != nil {
			return err
		}
	}
	return nil
}

// sharpen lets moments on a simulated bench be as sharp as a sweep asks for them.
func sharpen(f *config.File) {
	if f.Simulated() {
		embedded.Sharpen(f)
	}
}

// check refuses what makes no sense before anything begins.
func (o sweepOptions) check(f *config.File) error {
	if _, ok := f.ECUs[o.ecu]; !ok && o.ecu != "" {
		return usage("--ecu %q: the bench file has %v", o.ecu, slices.Sorted(maps.Keys(f.ECUs)))
	}
	unit := o.ecu
	if unit == "" {
		unit = slices.Min(slices.Collect(maps.Keys(f.ECUs)))
	}
	onOne := o.boundaries || !f.Simulated()
	switch _, known := f.ECUs[unit].Packages[o.pkg]; {
	case !known:
		return usage("--package %q: the bench file gives %s %v", o.pkg, unit, slices.Sorted(maps.Keys(f.ECUs[unit].Packages)))
	case o.virtual && !f.Simulated():
		return usage("--virtual-time: %s has devices that are not simulated", f.Name)
	case o.virtual && !onOne:
		return usage("--virtual-time is for --boundaries; every other sweep of a simulated bench is in virtual time")
	case onOne && (o.planOnly || o.whole || o.brief || o.otherSlot || o.sample != 0 || o.seed != 0 || o.mutant != "" || o.evidence != representatives):
		return usage("--plan, --whole, --brief, --other-slot, --sample, --seed, --mutant and --evidence are for simulated benches that are swept at every point")
	}
	for _, name := range o.faults {
		if !slices.Contains(sweep.FaultNames(), name) {
			return usage("--fault %q: there are %v", name, sweep.FaultNames())
		}
	}
	for _, name := range o.procedures {
		if !slices.Contains(procedureNames(), name) {
			return usage("--procedure %q: there are %v", name, procedureNames())
		}
	}
	if o.sample < 0 || o.evidence < 0 {
		return usage("--sample and --evidence are numbers of points, from 0 on")
	}
	if o.point != "" {
		if _, err := sweep.ParsePoint(o.point); err != nil {
			return usage("--point: %v", err)
		}
	}
	if o.resume && o.dir == "" {
		return usage("--resume: name the folder of the sweep with --output")
	}
	return nil
}

// sweeping is a sweep under way.
type sweeping struct {
	*app
	o      sweepOptions
	f      *config.File
	text   []byte
	bubble func(func(context.Context))
	rec    *record.Writer
	// packages of all ECUs, so that not every trial has to read and verify them.
	packages map[string]map[string]*firmware.Package
	benches  learned
}

func (s *sweeping) run(ctx context.Context) error {
	e := &sweep.Exhaustive{Open: s.open, Run: s.bubble, Workers: s.o.workers, Whole: s.o.whole, ECU: s.o.ecu, Package: s.o.pkg, OtherSlot: s.o.otherSlot}
	if s.o.point != "" {
		return s.one(ctx)
	}
	surveyed, err := e.Survey(s.wanted()...)
	if err != nil {
		return fault("%w", err)
	}
	plan, err := sweep.NewPlan(surveyed, s.o.faults)
	if err != nil {
		return usage("%w", err)
	}
	if s.o.brief {
		plan = plan.Brief()
	}
	plan = plan.Only(s.o.sample)
	if s.o.planOnly {
		return s.print(planJSON(plan, s.o.workers), func(w io.Writer) { printSweep(w, plan, s.o.workers) })
	}
	return s.all(ctx, e, plan)
}

func (s *sweeping) wanted() []sweep.Procedure {
	var all []sweep.Procedure
	for _, name := range s.o.procedures {
		all = append(all, sweep.Procedure(name))
	}
	return all
}

// open opens a bench for a trial, without evidence.
func (s *sweeping) open(ctx context.Context) (*bench.Bench, error) {
	rec, err := record.NewWriter(io.Discard, record.Header{})
	if err != nil {
		return nil, err
	}
	rec.Watch(s.benches.event)
	return bench.Open(ctx, s.f, bench.Options{
		Record: rec, Dir: filepath.Dir(s.bench), Packages: s.packages, Sampling: sparse,
	})
}

// sparse is the time between two readings of a rail in trials that leave no evidence.
const sparse = 20 * time.Millisecond

// all tries the points of a plan.
func (s *sweeping) all(ctx context.Context, e *sweep.Exhaustive, plan sweep.Plan) error {
	h := newHeader(s.f, s.bench, s.text)
	h.Virtual = true
	dir, done, err := s.begin(h, plan)
	if err != nil {
		return err
	}
	show := s.out
	if s.json {
		show = s.errs
	}
	fmt.Fprintf(show, "bench %s, run folder %s\n", s.f.Name, dir)
	printSweep(show, plan, s.o.workers)
	if len(done) > 0 {
		fmt.Fprintf(show, "%d points were tried before\n", len(done))
	}
	view := newSweepView(show, len(plan.Points), len(done))
	for _, x := range plan.Procedures {
		if x.Failed != nil && !done[x.Failed.Point.String()] {
			s.rec.Add(sweepResult(*x.Failed))
			view.add(*x.Failed)
		}
	}
	var wrong worst
	swept := e.Sweep(ctx, plan.Without(done).Points, func(r sweep.Result) {
		s.rec.Add(sweepResult(r))
		view.add(r)
		wrong.add(r)
	})
	view.end()
	if swept == nil && ctx.Err() == nil {
		swept = s.shrink(e, wrong)
	}
	if swept == nil && ctx.Err() == nil {
		swept = s.replay(ctx, dir, show)
	}
	return s.end(ctx, dir, swept)
}

// end closes the record of a sweep that ended with an error, or with none, and says what came of it.
func (s *sweeping) end(ctx context.Context, dir string, swept error) error {
	status := "passed"
	switch {
	case ctx.Err() != nil:
		status = "interrupted"
	case swept != nil:
		status = "void"
		s.rec.Add(record.Fault{Device: "bench", Text: swept.Error()})
	}
	s.benches.leave(s.rec)
	s.rec.Add(record.End{Status: status})
	if err := s.rec.Close(); err != nil {
		return err
	}
	return s.conclude(ctx, dir, swept)
}

// begin starts the record, or goes on with it and returns the points that are in it.
func (s *sweeping) begin(h record.Header, plan sweep.Plan) (dir string, done map[string]bool, err error) {
	if s.o.resume {
		dir = s.o.dir
		done, err = s.goOn(h, plan)
		return dir, done, err
	}
	if dir, err = runFolder(s.o.dir, h.Run, s.f, s.text); err != nil {
		return "", nil, err
	}
	if s.rec, err = record.Create(filepath.Join(dir, recordFile), h); err != nil {
		return "", nil, err
	}
	s.benches.describe(s.rec)
	s.rec.Add(s.planOf(plan))
	return dir, nil, nil
}

// goOn opens the record of a sweep that was stopped, which must be the same sweep.
func (s *sweeping) goOn(h record.Header, plan sweep.Plan) (map[string]bool, error) {
	path := filepath.Join(s.o.dir, recordFile)
	was, events, err := record.ReadFile(path)
	if err != nil && !errors.Is(err, record.ErrTruncated) {
		return nil, usage("--resume: %w", err)
	}
	done := map[string]bool{}
	same := false
	for _, e := range events {
		switch b := e.Body.(type) {
		case record.SweepPlan:
			want := s.planOf(plan)
			same = was.Digest == h.Digest && samePlan(b, want)
		case record.SweepResult:
			if b.Outcome != string(sweep.Void) {
				done[b.Point] = true
			}
		}
	}
	if !same {
		return nil, usage("--resume: %s holds another sweep: bench file, package, seed, faults and points have to be the same", s.o.dir)
	}
	if err := sealed.Unseal(s.o.dir); err != nil {
		return nil, err
	}
	s.rec, err = record.Append(path)
	return done, err
}

// conclude prints what came of the sweep and turns it into an exit status.
func (s *sweeping) conclude(ctx context.Context, dir string, swept error) error {
	sum, err := s.finish(ctx, dir, s.o.sealing)
	if err != nil {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return &status{exitInterrupted, fmt.Errorf("interrupted; go on with otabench sweep -o %s --resume", dir)}
	case swept != nil:
		return fault("%w", swept)
	}
	return verdict(sum)
}

// one plays a single point with all evidence.
func (s *sweeping) one(ctx context.Context) error {
	p, err := sweep.ParsePoint(s.o.point)
	if err != nil {
		return usage("--point: %w", err)
	}
	h := newHeader(s.f, s.bench, s.text)
	h.Virtual = true
	dir, err := runFolder(s.o.dir, h.Run, s.f, s.text)
	if err != nil {
		return err
	}
	var played error
	s.bubble(func(ctx context.Context) { _, played = s.play(ctx, dir, h, p) })
	return s.conclude(ctx, dir, played)
}
