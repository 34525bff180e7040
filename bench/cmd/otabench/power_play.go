package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"otabench/bench"
	"otabench/bench/record"
	"otabench/power/profile"
)

func (a *app) powerPlay() *cobra.Command {
	return &cobra.Command{
		Use:   "play RAIL PROFILE",
		Short: "Play a voltage profile on a rail and compare it with what the sensor measures",
		Long: `Play a voltage profile on a rail, compare it with what the sensor at the terminals measures, and switch the
rail off. PROFILE is as for "power profile show". Where a profile waits for an event, a line on standard input is the event.

Exit status: 0 met or approximated; 3 not met or not measured, so that a test on it would be void.`,
		Example: `  otabench power play kl30 iso16750-2-momentary-drop
  otabench power -b bench.yaml play kl30 recorded.csv`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: a.completePlay,
		RunE: func(c *cobra.Command, args []string) error {
			return a.play(c.Context(), c.InOrStdin(), args[0], args[1])
		},
	}
}

func (a *app) completePlay(c *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 1 {
		return completeProfiles(c, nil, text)
	}
	return a.completeRails(c, args, text)
}

func (a *app) play(ctx context.Context, in io.Reader, rail, name string) error {
	f, _, err := a.file()
	if err != nil {
		return err
	}
	if rail, err = railOf(f, rail); err != nil {
		return err
	}
	_, c, err := loadProfile(f, rail, name)
	if err != nil {
		return err
	}
	rec, err := record.NewWriter(io.Discard, record.Header{})
	if err != nil {
		return err
	}
	b, err := bench.Open(ctx, f, bench.Options{Record: rec, Dir: filepath.Dir(a.bench)})
	if err != nil {
		return err
	}
	return errors.Join(a.perform(ctx, in, b.Rail(rail), c), b.Close(ctx, "by hand"))
}

func (a *app) perform(ctx context.Context, in io.Reader, rail *bench.Rail, c *profile.Curve) error {
	p, err := rail.Prepare(ctx, c)
	if errors.Is(err, profile.ErrBlocked) {
		return &status{exitUsage, err}
	}
	if err != nil {
		return err
	}
	go a.signal(in, p, c.Waits)
	if err := p.Do(); err != nil {
		return err
	}
	if _, err := p.Wait(ctx); err != nil {
		return err
	}
	outcome := p.Outcome()
	if err := a.print(outcome, func(w io.Writer) { printOutcome(w, outcome) }); err != nil {
		return err
	}
	if outcome.Void {
		return fault("%s on %s is %s: a test on it would be void", outcome.Profile, outcome.Rail, outcome.Verdict)
	}
	return nil
}

// signal takes each line of the input for the next event that the profile waits for.
func (a *app) signal(in io.Reader, p *bench.Performance, waits []profile.Wait) {
	lines := bufio.NewScanner(in)
	for _, w := range waits {
		fmt.Fprintf(a.errs, "waits for %s at %v: press Enter\n", w.Event, w.At)
		if !lines.Scan() {
			return
		}
		_ = p.Signal(w.Event).Do() // the profile waits for nothing else
	}
}

func printOutcome(w io.Writer, s record.Stimulus) {
	fmt.Fprintf(w, "%s on %s: %s, by %s (expected: %s)\n", s.Profile, s.Rail, s.Verdict, s.Source, s.Expected)
	fmt.Fprintf(w, "commands late by at most %v\n", s.Late)
	for _, p := range s.Parts {
		fmt.Fprintf(w, "%7s  %-26.26s %-50.50s %s%s\n",
			fmt.Sprintf("%d/%d", p.Met, p.Count), printable(p.Name), p.Shape, p.Verdict, because(strings.TrimSpace(p.Reason)))
	}
}
