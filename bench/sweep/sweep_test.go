package sweep_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/record"
	"otabench/bench/sweep"
	"otabench/ecu/sim"
)

// stand is the embedded bench, with faults of its ECU.
func stand(t *testing.T, faults ...sim.Fault) *sweep.Exhaustive {
	t.Helper()
	return &sweep.Exhaustive{
		Workers: 2,
		Open: openWith(t, func(f *config.File) {
			c := f.Simulation.ECUs["bcm"]
			c.Faults = faults
			f.Simulation.ECUs["bcm"] = c
		}),
		Run: func(f func(context.Context)) {
			synctest.Test(t, func(t *testing.T) { f(t.Context()) })
		},
	}
}

// openWith opens the embedded bench with long frames and whatever else is changed.
func openWith(t *testing.T, change func(*config.File)) func(context.Context) (*bench.Bench, error) {
	t.Helper()
	f, err := config.Parse(embedded.Name, embedded.UnitYAML)
	if err != nil {
		t.Fatal(err)
	}
	embedded.Sharpen(f)
	// Long frames, so that there are few.
	bus, unit := f.Buses["body"], f.ECUs["bcm"]
	bus.DataBitrate, unit.Description.Transport.FD, unit.Description.Transport.BRS = 4_000_000, true, true
	f.Buses["body"], f.ECUs["bcm"] = bus, unit
	change(f)
	return func(ctx context.Context) (*bench.Bench, error) {
		rec, err := record.NewWriter(io.Discard, record.Header{})
		if err != nil {
			return nil, err
		}
		return bench.Open(ctx, f, bench.Options{Record: rec, Sampling: 20 * time.Millisecond})
	}
}

// planOf surveys and plans with faults.
func planOf(t *testing.T, e *sweep.Exhaustive, faults ...string) sweep.Plan {
	t.Helper()
	surveyed, err := e.Survey()
	if err != nil {
		t.Fatal(err)
	}
	p, err := sweep.NewPlan(surveyed, faults)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func run(t *testing.T, e *sweep.Exhaustive, points []sweep.Point) map[string]sweep.Result {
	t.Helper()
	all := map[string]sweep.Result{}
	if err := e.Sweep(t.Context(), points, func(r sweep.Result) { all[r.Point.String()] = r }); err != nil {
		t.Fatal(err)
	}
	return all
}

// some keeps one in so many of the points in the flash and of the frames.
func some(points []sweep.Point, flash, frames int) []sweep.Point {
	n, m := 0, 0
	return slices.DeleteFunc(slices.Clone(points), func(p sweep.Point) bool {
		if p.Offset.Flash > 0 {
			n++
			return n%flash != 0
		}
		m++
		return m%frames != 0
	})
}

func TestPlanHasEveryFrameAndOperation(t *testing.T) {
	e := stand(t)
	p := planOf(t, e, sweep.Cut, sweep.CutTwice)
	if len(p.Procedures) != 3 {
		t.Fatalf("procedures: %v", p.Procedures)
	}
	update := p.Procedures[0]
	frames, operations := update.Frames(), len(update.Moments)-update.Frames()
	// 40 KiB in frames of 63 bytes; a page for each KiB, and sectors.
	if frames < 40<<10/63 || operations < 45 {
		t.Errorf("an update has %d frames and %d operations", frames, operations)
	}
	if n := p.Count(sweep.Update, sweep.Cut); n != frames+3*operations {
		t.Errorf("%d points of cut, want %d and three times %d", n, frames, operations)
	}
	if n := p.Count(sweep.Update, sweep.CutTwice); n != 3*operations {
		t.Errorf("%d points of cut-twice, want three times %d", n, operations)
	}
	seen := map[string]bool{}
	for _, x := range p.Points {
		if seen[x.String()] {
			t.Fatalf("%v is there twice", x)
		}
		seen[x.String()] = true
	}
	if p.Estimate(2) <= 0 || p.Estimate(1) <= p.Estimate(2) {
		t.Errorf("estimates %v and %v", p.Estimate(2), p.Estimate(1))
	}
}

func TestGoodUnitSurvives(t *testing.T) {
	e := stand(t)
	p := planOf(t, e, sweep.Cut, sweep.CutTwice)
	points := some(p.Points, 7, 60)
	counts := map[sweep.Outcome]int{}
	for _, r := range run(t, e, points) {
		counts[r.Outcome]++
		if r.Failed() || !r.Proved() || !r.Recovered {
			t.Errorf("%v: %s, %s", r.Point, r.Outcome, r.Wrong)
		}
	}
	if counts[sweep.Old] == 0 || counts[sweep.New] == 0 || counts[sweep.Old]+counts[sweep.New] != len(points) {
		t.Errorf("outcomes %v of %d points", counts, len(points))
	}
}

// What is shared is what would have been found.
func TestSharedEndsHold(t *testing.T) {
	e := stand(t)
	p := planOf(t, e, sweep.Cut)
	points := append(some(p.Points, 30, 200), p.Points[400:410]...)
	shared := run(t, e, points)
	e.Whole = true
	likes := 0
	for point, whole := range run(t, e, points) {
		r := shared[point]
		if r.Like != "" {
			likes++
		}
		if r.Outcome != whole.Outcome || r.Recovered != whole.Recovered || r.Wrong != whole.Wrong || whole.Like != "" {
			t.Errorf("%s: %s by %s, and %s when it is played to its end", point, r.Outcome, r.Like, whole.Outcome)
		}
	}
	if likes == 0 {
		t.Error("no end was shared")
	}
}

func TestFaultyUnitIsFound(t *testing.T) {
	e := stand(t, sim.ErasesRunningSoftware)
	p := planOf(t, e, sweep.Cut)
	wrong, mended := 0, 0
	for _, r := range run(t, e, some(p.Points, 40, 300)) {
		if r.Failed() {
			wrong++
		}
		if r.Recovered {
			mended++
		}
	}
	if wrong == 0 || mended == 0 {
		t.Errorf("a unit that erases its running software went wrong at %d points and could be mended at %d", wrong, mended)
	}
	// It has nothing to go back to, whether it is disturbed or not.
	for _, s := range p.Procedures {
		if failed := s.Failed != nil && s.Failed.Failed(); failed != (s.Procedure != sweep.Update) {
			t.Errorf("%s undisturbed: %+v", s.Procedure, s.Failed)
		}
	}
}

// A point alone ends as it does in a sweep.
func TestPointAlone(t *testing.T) {
	for text, want := range map[string]sweep.Outcome{
		"update/3605#1+23/cut": sweep.Old, "update/71010211#1+0/cut": sweep.New, "update/3605#9+1/cut": sweep.Missed,
	} {
		p, err := sweep.ParsePoint(text)
		if err != nil {
			t.Fatal(err)
		}
		if r := run(t, stand(t), []sweep.Point{p})[text]; r.Outcome != want {
			t.Errorf("%s: %+v, want %s", text, r, want)
		}
	}
}

func TestSweepEndsWithItsBench(t *testing.T) {
	e := stand(t)
	broken := errors.New("no such bench")
	e.Open = func(context.Context) (*bench.Bench, error) { return nil, broken }
	p, _ := sweep.ParsePoint("update/3605#1+0/cut")
	points := slices.Repeat([]sweep.Point{p}, 20)
	tried := 0
	err := e.Sweep(t.Context(), points, func(r sweep.Result) {
		tried++
		if r.Outcome != sweep.Void || r.Failed() {
			t.Errorf("without a bench: %+v", r)
		}
	})
	if !errors.Is(err, broken) || tried == len(points) {
		t.Errorf("got error %v after %d points", err, tried)
	}
}

func TestBoundariesOnOneBench(t *testing.T) {
	e := stand(t)
	e.Run(func(ctx context.Context) {
		b, err := e.Open(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close(ctx, "the test is over")
		target, err := sweep.TargetOf(b, "", "")
		if err != nil {
			t.Fatal(err)
		}
		s, err := target.SurveyAndMend(ctx, sweep.Update)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]sweep.Result{}
		search := sweep.Boundaries{
			Target: target, Fault: sweep.Cut, Repeats: 2, Each: func(r sweep.Result) { all[r.Point.String()] = r },
		}
		edges, err := search.Sweep(ctx, s)
		if err != nil {
			t.Fatal(err)
		}
		if coarse := len(search.Coarse(s)); coarse > 120 || len(all) < coarse {
			t.Errorf("%d coarse points, %d tried", coarse, len(all))
		}
		// The confirmation makes the new software permanent, and it is found to the millisecond.
		last := edges[len(edges)-1]
		if last.Before.Outcome != sweep.Old || last.After.Outcome != sweep.New || !last.Steady ||
			last.After.Phase != "confirm" || last.After.At-last.Before.At > 2*time.Millisecond {
			t.Errorf("last edge: %+v", last)
		}
		for _, r := range all {
			if r.Failed() || !r.Proved() {
				t.Errorf("%v: %s, %s", r.Point, r.Outcome, r.Wrong)
			}
		}
		tried := 0
		search.Known, search.Each, search.Repeats = all, func(sweep.Result) { tried++ }, 1
		if again, err := search.Sweep(ctx, s); err != nil || len(again) != len(edges) || tried != 0 {
			t.Errorf("gone on with everything known: %d edges, %d tried, %v", len(again), tried, err)
		}
	})
}

// A unit survives what happens to its bus, its tester and its reset line as well.
func TestOtherFaults(t *testing.T) {
	e := stand(t)
	e.Open = openWith(t, func(f *config.File) {
		f.Switches["bcm-reset"] = config.Switch{Pin: "virtual:reset", Function: config.Reset, ECU: "bcm"}
	})
	for _, name := range []string{sweep.BusOpen, sweep.FrameLoss, sweep.Silence, sweep.Reset} {
		p := planOf(t, e, name)
		for _, r := range run(t, e, p.Only(8).Points) {
			if r.Failed() || !r.Proved() || !r.Recovered || r.Like != "" {
				t.Errorf("%v: %+v", r.Point, r)
			}
		}
	}
}

func TestFaultThatTheBenchCannotMake(t *testing.T) {
	e := stand(t)
	p, err := sweep.ParsePoint("update/3605#1+0/reset")
	if err != nil {
		t.Fatal(err)
	}
	err = e.Sweep(t.Context(), []sweep.Point{p}, func(r sweep.Result) {
		if r.Outcome != sweep.Void {
			t.Errorf("without a reset line: %+v", r)
		}
	})
	if err == nil || !strings.Contains(err.Error(), "no switch with the function reset for bcm") {
		t.Errorf("got error %v", err)
	}
}

// A failure with two cuts that one makes as well is told with one.
func TestShrink(t *testing.T) {
	e := stand(t, sim.PreviousErasedTooEarly)
	for _, x := range planOf(t, e, sweep.CutTwice).Points {
		if x.Phase != "confirm" {
			continue
		}
		r := run(t, e, []sweep.Point{x})[x.String()]
		if !r.Failed() {
			continue
		}
		small, err := e.Shrink(r)
		if err != nil || small.Wrong != r.Wrong || small.Fault != sweep.Cut {
			t.Errorf("%v was shrunk to %v, %v", r.Point, small.Point, err)
		}
		return
	}
	t.Error("no point went wrong")
}
