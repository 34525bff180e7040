package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"otabench/bench/config"
	"otabench/reports/mutation"
)

type repeatOptions struct {
	dir, filter string
	times       int
	workers     int
	shuffled    shuffling // its seed is that of the first repetition
}

func (a *app) repeat() *cobra.Command {
	var o repeatOptions
	c := &cobra.Command{
		Use:   "repeat",
		Short: "Repeat the suite on the good simulated bench and say which specs raise false alarms",
		Long: `Repeat the suite on a simulated bench whose ECU is good, in virtual time. Every spec has to pass every time: one that
does not raises a false alarm.

Each repetition has a seed of its own, from --seed upwards. It makes the order of the specs, the seed of the simulation,
the number of threads, and the jitter: by how much boots, checks and flash operations of ECUs vary, how late responses,
frames and supplies are, and by how much sensors are off within their class. A false alarm names its seed, and
"otabench repeat -n 1 --seed SEED" repeats it. The threads still run as the operating system lets them, so that a rare
failure may take more than one attempt.

Exit status: 0 every spec passed every time; 1 otherwise; 2 wrong usage; 3 the bench is at fault; 130 interrupted.`,
		Example: `  otabench repeat
  otabench repeat -n 20 --label-filter OTA-POST-4
  otabench repeat -n 1 --seed 4711 -o runs/flaky
  otabench repeat --json | jq '.false_alarms'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			for o.shuffled.seed == 0 { // which would be no seed
				o.shuffled.seed = uint64(rand.Uint32())
			}
			return a.runRepeat(c.Context(), o)
		},
	}
	fl := c.Flags()
	fl.StringVarP(&o.dir, "output", "o", "", "folder for repeat.json and the records of repetitions with a false alarm; runs/repeat-DATE if left out")
	fl.StringVar(&o.filter, "label-filter", "", "only specs with these labels")
	fl.IntVarP(&o.times, "times", "n", 200, "repetitions")
	fl.IntVarP(&o.workers, "workers", "j", runtime.NumCPU(), "suites at the same time")
	fl.Uint64Var(&o.shuffled.seed, "seed", 0, "seed of the first repetition; one at random if left out")
	fl.Float64Var(&o.shuffled.jitter, "jitter", 5, "percent by which times vary; 0 is exact")
	_ = c.MarkFlagDirname("output")
	return c
}

func (a *app) runRepeat(ctx context.Context, o repeatOptions) error {
	f, _, err := a.file()
	if err != nil {
		return err
	}
	if err := o.check(f); err != nil {
		return err
	}
	if o.dir == "" {
		o.dir = filepath.Join("runs", "repeat-"+time.Now().UTC().Format("20060102T150405Z"))
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return fault("make the folder of the repetitions: %w", err)
	}
	show := a.progressTo()
	fmt.Fprintf(show, "%d repetitions from seed %d on\n", o.times, o.shuffled.seed)
	all, err := a.repetitions(ctx, o, show)
	if err != nil {
		return err
	}
	result := mutation.CountRepetitions(all)
	text, err := json.MarshalIndent(result, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(o.dir, "repeat.json"), append(text, '\n'), 0o644); err != nil {
		return fault("write the result: %w", err)
	}
	if err := a.print(result, func(w io.Writer) { a.printRepetitions(w, result, o) }); err != nil {
		return err
	}
	if n := len(result.FalseAlarms); n > 0 {
		return &status{exitFailed, fmt.Errorf("%d false alarms in %d repetitions", n, result.Repetitions)}
	}
	return nil
}

// check refuses what cannot be repeated.
func (o repeatOptions) check(f *config.File) error {
	if err := chooses(f, o.filter); err != nil {
		return err
	}
	switch {
	case !f.Simulated():
		return usage("repeat: %s has devices that are not simulated", f.Name)
	case o.times < 1:
		return usage("--times: want at least 1, not %d", o.times)
	case o.shuffled.jitter < 0 || o.shuffled.jitter > config.MaxJitter:
		return usage("--jitter: want 0 to %d percent, not %v", config.MaxJitter, o.shuffled.jitter)
	}
	return nil
}

// repetitions runs the suite again and again. The first error of the bench ends them all.
func (a *app) repetitions(ctx context.Context, o repeatOptions, show io.Writer) ([]mutation.Repetition, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	all := make([]mutation.Repetition, o.times)
	todo := make(chan int)
	var workers sync.WaitGroup
	var screen sync.Mutex
	for range min(max(o.workers, 1), o.times) {
		workers.Go(func() {
			for i := range todo {
				var err error
				if all[i], err = a.repetition(ctx, o, i); err != nil {
					stop(err)
					continue
				}
				screen.Lock()
				showRepetition(show, all[i])
				screen.Unlock()
			}
		})
	}
	for i := range all {
		select {
		case todo <- i:
		case <-ctx.Done():
		}
	}
	close(todo)
	workers.Wait()
	return all, context.Cause(ctx)
}

// repetition runs the suite for the i-th time. Its run folder stays only if a spec did not pass.
func (a *app) repetition(ctx context.Context, o repeatOptions, i int) (mutation.Repetition, error) {
	s := shuffling{seed: o.shuffled.seed + uint64(i), jitter: o.shuffled.jitter}
	r := mutation.Repetition{Seed: s.seed}
	dir, err := filepath.Abs(filepath.Join(o.dir, fmt.Sprintf("seed-%d", s.seed)))
	if err != nil {
		return r, fault("make the run folder: %w", err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return r, usage("make the run folder: %w; name another folder with --output", err)
	}
	child := childRunner{app: a, filter: o.filter, flags: s.flags(), env: s.scheduling()}
	r.Trial, err = child.suiteIn(ctx, dir, mutation.Mutant{})
	if err != nil || len(mutation.CountRepetitions([]mutation.Repetition{r}).FalseAlarms) == 0 {
		_ = os.RemoveAll(dir) // it is of no interest
	}
	return r, err
}

func showRepetition(w io.Writer, r mutation.Repetition) {
	alarms := mutation.CountRepetitions([]mutation.Repetition{r}).FalseAlarms
	mark := "✓"
	if len(alarms) > 0 {
		mark = "✗"
	}
	fmt.Fprintf(w, "  %s seed %d: %d specs, %d false alarms\n", mark, r.Seed, len(r.Trial.Specs), len(alarms))
}

func (a *app) printRepetitions(w io.Writer, f mutation.Flakiness, o repeatOptions) {
	for _, alarm := range f.FalseAlarms {
		fmt.Fprintf(w, "FALSE ALARM  %s (%s), %s\n", alarm.Text, alarm.ID, alarm.Outcome)
		for line := range strings.Lines(strings.TrimSpace(alarm.Message)) {
			fmt.Fprintf(w, "    %s\n", printable(line))
		}
		fmt.Fprintf(w, "    %s\n", a.again(o, alarm.Seed))
	}
	for _, c := range f.Specs {
		if c.Passed < f.Repetitions {
			fmt.Fprintf(w, "%4d of %d passed  %s\n", c.Passed, f.Repetitions, c.Text)
		}
	}
	fmt.Fprintf(w, "%d specs, %d repetitions, %d false alarms\n%s\n", len(f.Specs), f.Repetitions, len(f.FalseAlarms),
		filepath.Join(o.dir, "repeat.json"))
}

// again is the command that repeats one repetition.
func (a *app) again(o repeatOptions, seed uint64) string {
	words := []string{"otabench repeat -n 1 --seed", fmt.Sprint(seed), "--jitter", fmt.Sprint(o.shuffled.jitter)}
	if o.filter != "" {
		words = append(words, fmt.Sprintf("--label-filter %q", o.filter))
	}
	if a.bench != "" {
		words = append(words, "-b", a.bench)
	}
	return strings.Join(words, " ")
}
