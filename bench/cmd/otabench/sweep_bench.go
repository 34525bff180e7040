package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/bench/guard"
	"otabench/bench/record"
	"otabench/bench/sweep"
	"otabench/bench/virtualtime"
	sealed "otabench/reports/evidence"
)

// sweepOneBench sweeps on one bench, in a child process with a guard, as hardware needs it.
func (a *app) sweepOneBench(ctx context.Context, f *config.File, text []byte, o sweepOptions) error {
	h := newHeader(f, a.bench, text)
	dir, err := a.sweepFolder(o, h, f, text)
	if err != nil {
		return err
	}
	if before := guard.MakeSafe(ctx, f, "before the sweep"); !equipment.IsSafe(before) {
		return fault("the guard cannot switch the outputs off, so nothing was started: %s", problems(before))
	}
	log, err := os.OpenFile(filepath.Join(dir, outputFile), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return fault("%w", err)
	}
	defer log.Close()
	self, err := os.Executable()
	if err != nil {
		return fault("%w", err)
	}
	show := a.progressTo()
	fmt.Fprintf(show, "bench %s, run folder %s\n", f.Name, dir)
	view := newSweepView(show, 0, 0)
	res, err := guard.Run(ctx, exec.Command(self, o.childArgs(a.bench, dir)...), guard.Options{
		File: f, Record: filepath.Join(dir, recordFile), Header: h, Output: log, Event: view.event,
	})
	if err != nil {
		return fault("%w", err)
	}
	view.end()
	return a.conclude(ctx, dir, res, o.sealing, nil)
}

// sweepFolder is the folder of a new sweep, or of the one to go on with.
func (a *app) sweepFolder(o sweepOptions, h record.Header, f *config.File, text []byte) (string, error) {
	if !o.resume {
		return runFolder(o.dir, h.Run, f, text)
	}
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return "", err
	}
	return dir, sealed.Unseal(dir)
}

func (o sweepOptions) childArgs(path, dir string) []string {
	args := []string{"sweep-bench", "--output", dir, "--package", o.pkg, "--repeats", strconv.Itoa(o.repeats)}
	if path != "" {
		args = append(args, "--bench", path)
	}
	if o.ecu != "" {
		args = append(args, "--ecu", o.ecu)
	}
	if o.point != "" {
		args = append(args, "--point", o.point)
	}
	if o.resume {
		args = append(args, "--resume")
	}
	if o.virtual {
		args = append(args, "--virtual-time")
	}
	for _, name := range o.faults {
		args = append(args, "--fault", name)
	}
	for _, name := range o.procedures {
		args = append(args, "--procedure", name)
	}
	return args
}

// sweepBench is the child process of a sweep on one bench. It is no command for people.
func (a *app) sweepBench() *cobra.Command {
	var o sweepOptions
	c := &cobra.Command{
		Use:    "sweep-bench",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			f, text, err := a.file()
			if err != nil {
				return err
			}
			sharpen(f)
			ctx := c.Context()
			go func() {
				<-guard.Alive()
				_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
			}()
			s := &sweeping{app: a, o: o, f: f, text: text}
			h := newHeader(f, a.bench, text)
			if !o.virtual {
				beside(f)
				return suiteError(ctx, s.onBench(ctx, h))
			}
			h.Virtual = true
			virtualtime.Main(func() int {
				err := suiteError(ctx, s.onBench(looked{ctx}, h))
				if err != nil {
					fmt.Fprintln(a.errs, "otabench:", err)
				}
				return exitOf(ctx, err)
			})
			return nil
		},
	}
	fl := c.Flags()
	fl.StringVarP(&o.dir, "output", "o", "", "")
	fl.StringVar(&o.ecu, "ecu", "", "")
	fl.StringVar(&o.pkg, "package", "", "")
	fl.StringVar(&o.point, "point", "", "")
	fl.StringArrayVar(&o.faults, "fault", nil, "")
	fl.StringArrayVar(&o.procedures, "procedure", nil, "")
	fl.IntVar(&o.repeats, "repeats", 1, "")
	fl.BoolVar(&o.resume, "resume", false, "")
	fl.BoolVar(&o.virtual, "virtual-time", false, "")
	return c
}

// looked is a context from outside of a bubble that nobody in the bubble waits for: it is only looked at, between trials.
type looked struct{ context.Context }

func (looked) Done() <-chan struct{} { return nil }

// onBench opens the bench and sweeps on it.
func (s *sweeping) onBench(ctx context.Context, h record.Header) (err error) {
	e, err := s.evidence(h)
	if err != nil {
		return err
	}
	s.rec = e.record
	ended := "void"
	defer func() { err = errors.Join(err, e.close(ended)) }()
	s.rec.Watch(sendTo(guard.Events()))
	b, err := bench.Open(ctx, s.f, e.options(s.bench))
	if err != nil {
		return fmt.Errorf("open the bench: %w", err)
	}
	defer func() { err = errors.Join(err, b.Close(ctx, "the sweep is over")) }()
	if err := b.Greet(ctx); err != nil {
		return err
	}
	t, err := sweep.TargetOf(b, s.o.ecu, s.o.pkg)
	if err != nil {
		return usage("%w", err)
	}
	switch err = s.boundaries(ctx, t); {
	case err == nil:
		ended = "passed"
	case errors.Is(err, sweep.ErrLost):
		ended, err = "failed", nil // the result itself tells
	case ctx.Err() != nil:
		ended = "interrupted"
	}
	return err
}

// evidence begins a run folder, or goes on with it.
func (s *sweeping) evidence(h record.Header) (*evidence, error) {
	if s.o.resume {
		return appendEvidence(s.o.dir, s.f)
	}
	return newEvidence(s.o.dir, h, s.f)
}

// boundaries surveys and sweeps each procedure with each fault.
func (s *sweeping) boundaries(ctx context.Context, t sweep.Target) error {
	if s.o.point != "" {
		p, err := sweep.ParsePoint(s.o.point)
		if err != nil {
			return usage("--point: %w", err)
		}
		s.rec.Add(s.planOf(sweep.Plan{Faults: []string{p.Fault}, Points: []sweep.Point{p}}))
		r, err := t.Try(ctx, p)
		s.rec.Add(sweepResult(r))
		return err
	}
	known, err := s.known()
	if err != nil {
		return err
	}
	names := s.wanted()
	if len(names) == 0 {
		names = sweep.Procedures(t.Unit)
	}
	plan := sweep.Plan{Faults: s.o.faults}
	for _, name := range names {
		one, err := t.SurveyAndMend(ctx, name)
		if err != nil {
			return err
		}
		plan.Procedures = append(plan.Procedures, one)
		if one.Failed != nil {
			continue
		}
		for _, f := range s.o.faults {
			plan.Points = append(plan.Points, (&sweep.Boundaries{Fault: f}).Coarse(one)...)
		}
	}
	if known == nil {
		s.rec.Add(s.planOf(plan))
	}
	for _, one := range plan.Procedures {
		if one.Failed != nil {
			s.rec.Add(sweepResult(*one.Failed))
			if !one.Failed.Recovered {
				return fmt.Errorf("%s, undisturbed: %w", one.Procedure, sweep.ErrLost)
			}
			continue
		}
		for _, f := range s.o.faults {
			b := sweep.Boundaries{
				Target: t, Fault: f, Repeats: s.o.repeats, Known: known,
				Each: func(r sweep.Result) { s.rec.Add(sweepResult(r)) },
			}
			edges, err := b.Sweep(ctx, one)
			for _, e := range edges {
				s.rec.Add(sweepEdge(e))
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// known are the results in a record that is gone on with.
func (s *sweeping) known() (map[string]sweep.Result, error) {
	if !s.o.resume {
		return nil, nil
	}
	_, events, err := record.ReadFile(filepath.Join(s.o.dir, recordFile))
	if err != nil && !errors.Is(err, record.ErrTruncated) {
		return nil, usage("--resume: %w", err)
	}
	known := map[string]sweep.Result{}
	for _, e := range events {
		if r, ok := e.Body.(record.SweepResult); ok && r.Outcome != string(sweep.Void) {
			p, err := sweep.ParsePoint(r.Point)
			if err != nil {
				return nil, usage("--resume: %w", err)
			}
			p.Phase, p.At = r.Phase, r.At
			known[r.Point] = sweep.Result{
				Point: p, Outcome: sweep.Outcome(r.Outcome), Recovered: r.Recovered, Wrong: r.Wrong, Unit: r.Unit, Tester: r.Tester,
			}
		}
	}
	return known, nil
}

func sweepEdge(e sweep.Edge) record.SweepEdge {
	return record.SweepEdge{
		Before: e.Before.Point.String(), After: e.After.Point.String(),
		From: string(e.Before.Outcome), To: string(e.After.Outcome), Repeats: e.Repeats, Steady: e.Steady,
	}
}
