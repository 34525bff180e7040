package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/bench/sweep"
)

// checkVehicle refuses what makes no sense for the sweep of a vehicle.
func (o sweepOptions) checkVehicle(f *config.File) error {
	switch {
	case f.Vehicle == nil:
		return usage("--vehicle: %s has no vehicle with an update master", f.Name)
	case !f.Simulated():
		return usage("--vehicle: %s has devices that are not simulated", f.Name)
	case o.boundaries || o.virtual || o.brief || o.otherSlot || o.resume || o.ecu != "" || len(o.procedures) > 0 || o.evidence != representatives:
		return usage("--vehicle goes with --package, --fault, --sample, --whole, --plan, --point, --seed, --workers and --output")
	case o.sample < 0:
		return usage("--sample is a number of points, from 0 on")
	}
	for _, role := range f.Vehicle.Behind {
		if _, known := f.ECUs[role].Packages[o.pkg]; !known {
			return usage("--package %q: the bench file gives %s none", o.pkg, role)
		}
	}
	for _, name := range o.faults {
		if !slices.Contains(sweep.VehicleFaults(), name) {
			return usage("--fault %q: for a vehicle there are %v", name, sweep.VehicleFaults())
		}
	}
	if o.point != "" {
		if _, err := sweep.ParseVehiclePoint(o.point); err != nil {
			return usage("--point: %v", err)
		}
	}
	return nil
}

// sweepVehicle interrupts the update of a whole vehicle.
func (a *app) sweepVehicle(ctx context.Context, f *config.File, text []byte, o sweepOptions) error {
	if !o.faultsGiven {
		o.faults = sweep.VehicleFaults()
	}
	if err := o.checkVehicle(f); err != nil {
		return err
	}
	if err := mutate(f, o.mutant); err != nil {
		return err
	}
	if o.seed == 0 {
		o.seed = f.Simulation.Seed
	}
	f.Simulation.Seed = o.seed
	a.hosted(ctx, f, text, o, (*sweeping).vehicle)
	return nil
}

func (s *sweeping) vehicle(ctx context.Context) error {
	if s.o.point != "" {
		return s.oneVehicle(ctx)
	}
	v := &sweep.Vehicle{Open: s.open, Run: s.bubble, Workers: s.o.workers, Package: s.o.pkg}
	began := time.Now()
	frames, length, failed, err := v.Survey()
	cost := time.Since(began)
	if err != nil {
		return fault("%w", err)
	}
	if failed != "" {
		return &status{exitFailed, fmt.Errorf("the vehicle fails without a disturbance: %s", failed)}
	}
	points := s.vehiclePoints(frames)
	plan := record.SweepPlan{
		Unit: "update master", Package: s.o.pkg, Seed: s.o.seed, Faults: s.o.faults, Points: len(points), Exhaustive: s.o.whole && s.o.sample == 0,
		Procedures: []record.SweepProcedure{{Name: string(sweep.Rollout), Frames: len(frames), Length: length}},
	}
	show := s.out
	if s.json {
		show = s.errs
	}
	estimate := (2 * cost * time.Duration(len(points)) / time.Duration(max(s.o.workers, 1))).Round(time.Second)
	fmt.Fprintf(show, "%d frames in %v, faults %v: %d points, about %v on %d workers\n",
		len(frames), length.Round(time.Millisecond), s.o.faults, len(points), estimate, s.o.workers)
	if s.o.planOnly {
		return s.print(plan, func(io.Writer) {})
	}
	return s.allOfVehicle(ctx, v, plan, points, show)
}

// vehiclePoints are the frames with each fault: those that begin a message, or all with --whole.
func (s *sweeping) vehiclePoints(frames []sweep.VehicleFrame) (points []sweep.VehiclePoint) {
	for _, f := range frames {
		for _, name := range s.o.faults {
			if f.Begins || s.o.whole {
				points = append(points, sweep.VehiclePoint{VehicleFrame: f, Fault: name})
			}
		}
	}
	if n := s.o.sample; n > 0 && n < len(points) {
		var some []sweep.VehiclePoint
		for i := range n {
			some = append(some, points[i*len(points)/n])
		}
		return some
	}
	return points
}

func (s *sweeping) allOfVehicle(ctx context.Context, v *sweep.Vehicle, plan record.SweepPlan, points []sweep.VehiclePoint, show io.Writer) error {
	h := newHeader(s.f, s.bench, s.text)
	h.Virtual = true
	dir, err := runFolder(s.o.dir, h.Run, s.f, s.text)
	if err != nil {
		return err
	}
	if s.rec, err = record.Create(filepath.Join(dir, recordFile), h); err != nil {
		return err
	}
	s.benches.describe(s.rec)
	s.rec.Add(plan)
	fmt.Fprintf(show, "bench %s, run folder %s\n", s.f.Name, dir)
	view := newSweepView(show, len(points), 0)
	swept := v.Sweep(ctx, points, func(r sweep.VehicleResult) {
		result := vehicleResult(r)
		s.rec.Add(result)
		view.result(result)
	})
	view.end()
	return s.end(ctx, dir, swept)
}

func vehicleResult(r sweep.VehicleResult) record.SweepResult {
	return record.SweepResult{
		Point: r.String(), Procedure: string(sweep.Rollout), Phase: r.Phase, Offset: r.Words, At: r.At, Fault: r.Fault,
		Outcome: string(r.Outcome), Recovered: r.Recovered, Wrong: r.Wrong, Unit: r.Software, Tester: r.Shown,
	}
}

// oneVehicle plays a single point with all evidence.
func (s *sweeping) oneVehicle(ctx context.Context) error {
	p, err := sweep.ParseVehiclePoint(s.o.point)
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
	s.bubble(func(inside context.Context) { played = s.playVehicle(inside, dir, h, p) })
	return s.conclude(ctx, dir, played)
}

// playVehicle leaves the evidence of a point in a run folder, with the trial as a spec.
func (s *sweeping) playVehicle(ctx context.Context, dir string, h record.Header, p sweep.VehiclePoint) (err error) {
	e, err := newEvidence(dir, h, s.f)
	if err != nil {
		return err
	}
	ended := "void"
	defer func() { err = errors.Join(err, e.close(ended)) }()
	spec := record.SpecStart{
		ID: "trial", Path: []string{"Interrupted update of a vehicle"}, Labels: []string{},
		Text: fmt.Sprintf("succeeds in the end after %s at %s", p.Fault, p.Words),
	}
	e.record.Add(record.SweepPlan{
		Unit: "update master", Package: s.o.pkg, Seed: s.o.seed, Faults: []string{p.Fault}, Points: 1, Procedures: []record.SweepProcedure{},
	})
	e.record.Add(record.Planned{Specs: []record.SpecStart{spec}})
	b, err := bench.Open(ctx, s.f, e.options(s.bench))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close(ctx, "the trial is over")) }()
	began := time.Now()
	e.record.Spec(spec.ID)
	e.record.Add(spec)
	r, err := sweep.TryVehicle(ctx, b, s.o.pkg, p)
	end := record.SpecEnd{ID: spec.ID, Outcome: record.Passed, Duration: time.Since(began)}
	switch {
	case err != nil:
		end.Outcome, end.Message = record.Void, err.Error()
	case r.Outcome == sweep.Missed:
		end.Outcome, end.Message = record.Void, "missed: nothing was shown"
	case r.Wrong != "":
		end.Outcome, end.Message = record.Failed, r.Wrong
	}
	e.record.Add(end)
	e.record.Spec("")
	e.record.Add(vehicleResult(r))
	if err == nil {
		ended = "passed"
	}
	return err
}
