package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"otabench/bench"
	"otabench/bench/record"
	"otabench/bench/sweep"
	"otabench/reports"
	"otabench/reports/publish"
)

// representatives is how many points are played again, unless the user says otherwise.
const representatives = 40

// replay plays points that stand for others again, each with all evidence in a folder of its own.
func (s *sweeping) replay(ctx context.Context, dir string, show io.Writer) error {
	todo, err := s.unplayed(dir)
	if err != nil || len(todo) == 0 {
		return err
	}
	fmt.Fprintf(show, "%d points are played again, with all evidence, into %s\n", len(todo), filepath.Join(dir, pointsDir))
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	began, done := time.Now(), 0
	points := make(chan record.SweepResult)
	var said sync.Mutex
	var workers sync.WaitGroup
	for range max(s.o.workers, 1) {
		workers.Go(func() {
			for r := range points {
				e, err := s.playAgain(dir, r)
				said.Lock()
				if err != nil {
					stop(fmt.Errorf("play %s again: %w", r.Point, err))
				} else {
					done++
					s.rec.Add(e)
					if e.Outcome != r.Outcome || e.Recovered != r.Recovered || e.Wrong != r.Wrong {
						fmt.Fprintf(show, "  ✗ %s: %s when it was played again, %s before\n", printable(r.Point), printable(e.Outcome), printable(r.Outcome))
					}
				}
				said.Unlock()
			}
		})
	}
	for _, r := range todo {
		select {
		case points <- r:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(points)
	workers.Wait()
	fmt.Fprintf(show, "  %d of %d in %v\n", done, len(todo), time.Since(began).Round(100*time.Millisecond))
	return context.Cause(ctx)
}

// pointsDir holds the folders of points in the folder of a sweep.
const pointsDir = "points"

// unplayed are the points to play again, apart from those that were before the sweep went on.
func (s *sweeping) unplayed(dir string) ([]record.SweepResult, error) {
	h, events, err := record.ReadFile(filepath.Join(dir, recordFile))
	if err != nil {
		return nil, err
	}
	run, err := reports.Derive(h, events, nil)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(run.Sweep.Representatives(s.o.evidence), func(r record.SweepResult) bool {
		return slices.ContainsFunc(run.Sweep.Evidence, func(e record.SweepEvidence) bool { return e.Point == r.Point })
	}), nil
}

// playAgain plays a point and writes the reports of its trial.
func (s *sweeping) playAgain(dir string, r record.SweepResult) (record.SweepEvidence, error) {
	p, err := sweep.ParsePoint(r.Point)
	if err != nil {
		return record.SweepEvidence{}, err
	}
	p.Phase, p.At = r.Phase, r.At
	folder := path.Join(pointsDir, folderOf(p))
	in := filepath.Join(dir, filepath.FromSlash(folder))
	if err := os.RemoveAll(in); err != nil { // of a try that was stopped
		return record.SweepEvidence{}, err
	}
	h := newHeader(s.f, s.bench, s.text)
	h.Virtual = true
	if in, err = runFolder(in, h.Run, s.f, s.text); err != nil {
		return record.SweepEvidence{}, err
	}
	var again sweep.Result
	s.bubble(func(ctx context.Context) { again, err = s.play(ctx, in, h, p) })
	if err != nil {
		return record.SweepEvidence{}, err
	}
	sum, err := publish.Write(in)
	if err != nil {
		return record.SweepEvidence{}, err
	}
	if again.Proved() && sum.Status == reports.Void {
		return record.SweepEvidence{}, fmt.Errorf("its evidence in %s is void: %s", in, sum.Reason)
	}
	return record.SweepEvidence{
		Point: r.Point, Folder: folder, Digest: sum.Run.Digest,
		Outcome: string(again.Outcome), Recovered: again.Recovered, Wrong: again.Wrong,
	}, nil
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9.]+`)

// folderOf is a point as the name of a folder and in links: update-3605-1-23-cut.
func folderOf(p sweep.Point) string {
	return notInNames.ReplaceAllString(strings.ReplaceAll(p.String(), "µ", "u"), "-")
}

// play plays a point and leaves its evidence in a run folder, with the trial as a spec.
func (s *sweeping) play(ctx context.Context, dir string, h record.Header, p sweep.Point) (r sweep.Result, err error) {
	e, err := newEvidence(dir, h, s.f)
	if err != nil {
		return r, err
	}
	ended := "void"
	defer func() { err = errors.Join(err, e.close(ended)) }()
	spec := trialOf(p)
	e.record.Add(s.planOf(sweep.Plan{Faults: []string{p.Fault}, Points: []sweep.Point{p}}))
	e.record.Add(record.Planned{Specs: []record.SpecStart{spec}})
	b, err := bench.Open(ctx, s.f, e.options(s.bench))
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, b.Close(ctx, "the trial is over")) }()
	t, err := sweep.TargetOf(b, s.o.ecu, s.o.pkg)
	if err != nil {
		return r, usage("%w", err)
	}
	t.OtherSlot = s.o.otherSlot
	began := time.Now()
	e.record.Spec(spec.ID)
	e.record.Add(spec)
	r, err = t.Try(ctx, p)
	end := endOf(r, err)
	end.ID, end.Duration = spec.ID, time.Since(began)
	e.record.Add(end)
	e.record.Spec("")
	e.record.Add(sweepResult(r))
	if err == nil {
		ended = "passed"
	}
	return r, err
}

// trialOf is the trial of a point as a spec.
func trialOf(p sweep.Point) record.SpecStart {
	in := string(p.Procedure)
	if p.Phase != "" {
		in += ", " + p.Phase
	}
	return record.SpecStart{
		ID: "trial", Path: []string{"Interrupted " + in}, Labels: []string{},
		Text: fmt.Sprintf("is left as it may be, and can be mended, after %s at: %s", p.Fault, p.Offset.Words()),
	}
}

// endOf is how the trial ended, as its result says.
func endOf(r sweep.Result, err error) record.SpecEnd {
	switch {
	case err != nil:
		return record.SpecEnd{Outcome: record.Void, Message: err.Error()}
	case !r.Proved():
		return record.SpecEnd{Outcome: record.Void, Message: fmt.Sprintf("%s: nothing was shown", r.Outcome)}
	case r.Failed():
		return record.SpecEnd{Outcome: record.Failed, Message: r.Wrong}
	}
	return record.SpecEnd{Outcome: record.Passed}
}
