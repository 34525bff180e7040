package main

import (
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"otabench/bench/guard"
	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/mutation"
)

// childRunner runs suites and sweeps in processes of their own: Ginkgo runs a suite once in a process, and a mutant may take
// its process with it.
type childRunner struct {
	app    *app
	filter string
	fast   bool
	passes map[string]bool // specs that pass on the good ECU
	whole  bool            // leave all evidence, and not the record alone
	flags  []string        // more for the suite
	env    []string        // likewise
}

// mutantTime bounds a suite on a mutant: some never end.
const mutantTime = 5 * time.Minute

// mutant runs the suite on a mutant, and sweeps it if it may need that.
func (r childRunner) mutant(ctx context.Context, m mutation.Mutant, sweeps bool) (mutation.Trial, error) {
	t, err := r.suite(ctx, m)
	if err != nil || !sweeps || !m.Sweep && r.kills(t) {
		return t, err
	}
	f, _, err := r.app.file()
	if err != nil {
		return t, err
	}
	ways := [][]string{nil, {"--other-slot"}}
	if unit := slices.Min(slices.Collect(maps.Keys(f.ECUs))); f.ECUs[unit].Packages[advancing] != "" {
		ways = append(ways, []string{"--package", advancing})
	}
	for _, way := range ways {
		if t.Swept, err = r.sweep(ctx, m, way); err != nil || len(t.Swept) > 0 {
			break
		}
	}
	return t, err
}

// advancing is the role of a package with a higher security counter.
const advancing = "advance"

func (r childRunner) kills(t mutation.Trial) bool {
	for _, s := range t.Specs {
		if s.Outcome == record.Failed && r.passes[s.ID] {
			return true
		}
	}
	return false
}

// suite runs the suite on a mutant, or on the good ECU.
func (r childRunner) suite(ctx context.Context, m mutation.Mutant) (mutation.Trial, error) {
	dir, err := os.MkdirTemp("", "otabench-mutant-")
	if err != nil {
		return mutation.Trial{}, fault("%w", err)
	}
	defer os.RemoveAll(dir)
	return r.suiteIn(ctx, dir, m)
}

// suiteIn runs the suite with its run folder at dir.
func (r childRunner) suiteIn(ctx context.Context, dir string, m mutation.Mutant) (mutation.Trial, error) {
	t := mutation.Trial{Mutant: m}
	f, text, err := r.app.file()
	if err != nil {
		return t, err
	}
	self, err := os.Executable()
	if err != nil {
		return t, fault("%w", err)
	}
	limited, cancel := context.WithTimeout(ctx, mutantTime)
	defer cancel()
	var s specLog
	filter := r.filter
	if filter == "" {
		filter = m.Filter
	}
	args := append([]string{"suite", "--output", dir, "--label-filter", filter, "--virtual-time", "--mutant", m.Name}, r.flags...)
	if !r.whole {
		args = append(args, "--bare")
	}
	if r.app.bench != "" {
		args = append(args, "--bench", r.app.bench)
	}
	var said tail
	child := exec.Command(self, args...)
	child.Env = append(os.Environ(), r.env...)
	res, err := guard.Run(limited, child, guard.Options{
		File: f, Record: filepath.Join(dir, recordFile), Header: newHeader(f, r.app.bench, text), Output: &said,
		Event: func(line []byte) {
			if s.line(line); r.fast && r.kills(mutation.Trial{Specs: s.ended}) {
				cancel()
			}
		},
	})
	switch {
	case err != nil:
		return t, fault("%w", err)
	case ctx.Err() != nil:
		return t, context.Cause(ctx)
	case res.Exit == exitSuiteUsage:
		return t, usage("%s: %s", res.Reason, said.text())
	}
	t.Specs = s.ended
	if killed := r.fast && r.kills(t); !killed && (limited.Err() != nil || res.Exit != 0) {
		t.Unfinished = &s.running
	}
	if u := t.Unfinished; m.Name == "" && (len(t.Specs) == 0 || u != nil && u.ID == "") {
		return t, fault("on the good ECU, %s after %d specs, with none under way; %s", res.Reason, len(t.Specs), said.text())
	}
	return t, nil
}

// specLog collects the specs that end.
type specLog struct {
	running mutation.Spec // empty between two specs
	ended   []mutation.Spec
}

func (s *specLog) line(text []byte) {
	e, err := record.ParseEvent(text)
	if err != nil {
		return
	}
	switch b := e.Body.(type) {
	case record.SpecStart:
		s.running = mutation.Spec{ID: b.ID, Text: strings.Join(append(b.Path, b.Text), " › ")}
	case record.SpecEnd:
		s.running.Outcome, s.running.Message = b.Outcome, b.Message
		s.ended = append(s.ended, s.running)
		s.running = mutation.Spec{}
	}
}

// tail keeps the last of what a child prints.
type tail struct{ last []byte }

const tailLength = 400

func (t *tail) Write(b []byte) (int, error) {
	t.last = append(t.last, b...)
	t.last = t.last[max(0, len(t.last)-tailLength):]
	return len(b), nil
}

func (t *tail) text() string {
	return printable(strings.ReplaceAll(strings.TrimSpace(string(t.last)), "\n", "; "))
}

// sweep sweeps a mutant and returns the points that went wrong.
func (r childRunner) sweep(ctx context.Context, m mutation.Mutant, way []string) ([]string, error) {
	dir, err := os.MkdirTemp("", "otabench-mutant-")
	if err != nil {
		return nil, fault("%w", err)
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return nil, fault("%w", err)
	}
	args := append([]string{"sweep", "--brief", "--workers", "1", "--mutant", m.Name, "--output", filepath.Join(dir, "run")}, way...)
	if r.app.bench != "" {
		args = append(args, "--bench", r.app.bench)
	}
	limited, cancel := context.WithTimeout(ctx, mutantTime)
	defer cancel()
	c := exec.CommandContext(limited, self, args...)
	c.Stdout = io.Discard
	var said tail
	c.Stderr = &said
	err = c.Run()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == exitUsage {
		return nil, usage("sweep %s: %s", m.Name, said.text())
	}
	run, err := reports.Load(filepath.Join(dir, "run"))
	if err != nil {
		return nil, fault("sweep %s: %w; %s", m.Name, err, said.text())
	}
	if run.Sweep == nil {
		return nil, fault("sweep %s: nothing was tried; %s", m.Name, said.text())
	}
	var points []string
	for _, wrong := range run.Sweep.Wrong() {
		points = append(points, strings.Join(append(way[:len(way):len(way)], wrong.Point), " "))
	}
	return points, nil
}
