package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/guard"
	"otabench/bench/record"
	"otabench/bench/virtualtime"
	"otabench/scenarios"
)

// suiteOptions say how the child runs the suite.
type suiteOptions struct {
	dir, filter, mutant string
	rationale           string
	proofs              string // as JSON; empty if the run need not prove itself
	virtual             bool   // time
	bare                bool   // only the verdicts are wanted
	shuffled            shuffling
}

// suite is the child process of run. It is no command for people: run starts it and stays its guard.
func (a *app) suite() *cobra.Command {
	var o suiteOptions
	c := &cobra.Command{
		Use:    "suite",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			f, text, err := a.file()
			if err != nil {
				return err
			}
			if err := mutate(f, o.mutant); err != nil {
				return err
			}
			o.shuffled.shake(f)
			// Without its guard the suite ends as if it had been interrupted: Ginkgo cleans up and the bench becomes safe.
			go func() {
				<-guard.Alive()
				_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
			}()
			h := briefHeader(f, a.bench, text)
			if !o.bare {
				h.Suite = suiteDigest()
			}
			if !o.virtual {
				beside(f)
				return suiteError(c.Context(), runSuite(c.Context(), f, a.bench, h, o))
			}
			h.Virtual = true
			virtualtime.Main(func() int {
				err := suiteError(c.Context(), runSuite(c.Context(), f, a.bench, h, o))
				if err != nil {
					fmt.Fprintln(a.errs, "otabench:", err)
				}
				return exitOf(c.Context(), err)
			})
			return nil
		},
	}
	c.Flags().BoolVar(&o.virtual, "virtual-time", false, "")
	c.Flags().BoolVar(&o.bare, "bare", false, "")
	mutantFlag(c, &o.mutant)
	c.Flags().StringVarP(&o.dir, "output", "o", "", "")
	c.Flags().StringVar(&o.filter, "label-filter", "", "")
	c.Flags().StringVar(&o.rationale, "rationale", "", "")
	c.Flags().StringVar(&o.proofs, "proofs", "", "")
	c.Flags().Uint64Var(&o.shuffled.seed, "seed", 0, "")
	c.Flags().Float64Var(&o.shuffled.jitter, "jitter", 0, "")
	return c
}

// suiteError gives errors of usage the status by which the guard knows them from a crash.
func suiteError(ctx context.Context, err error) error {
	if err != nil && exitOf(ctx, err) == exitUsage {
		return &status{exitSuiteUsage, err}
	}
	return err
}

// testingT is what Ginkgo wants of a *testing.T. The verdict is derived from the record, so a failure needs no more.
type testingT struct{}

func (testingT) Fail() {}

func runSuite(ctx context.Context, f *config.File, path string, h record.Header, o suiteOptions) (err error) {
	var proofs []record.Proof
	if o.proofs != "" {
		if err := json.Unmarshal([]byte(o.proofs), &proofs); err != nil {
			return usage("--proofs: %v", err)
		}
	}
	e, err := newEvidence(o.dir, h, f)
	if err != nil {
		return err
	}
	status := "" // of a suite that never began
	defer func() { err = errors.Join(err, e.close(status)) }()
	e.record.Watch(sendTo(guard.Events()))
	addLatencies(e.record, f, path, h.Digest)
	ginkgoJSON := filepath.Join(o.dir, ginkgoFile)
	if o.bare {
		ginkgoJSON = ""
	} else if err := addCatalogues(e.record, f, o.dir); err != nil {
		return err
	}
	passed, openErr := scenarios.Run(testingT{}, scenarios.Options{
		Open: func(ctx context.Context) (*bench.Bench, error) {
			if o.bare {
				return bench.Open(ctx, f, bench.Options{Record: e.record, Dir: filepath.Dir(path)})
			}
			return bench.Open(ctx, f, e.options(path))
		},
		Record:    e.record,
		Rationale: o.rationale,
		Proofs:    proofs,
		Proven:    o.proofs != "",
		Filter:    scenarios.Suited(o.filter, f),
		Shuffle:   o.shuffled.seed != 0, Seed: int64(o.shuffled.seed),
		JSON: ginkgoJSON,
	})
	if openErr != nil {
		return fmt.Errorf("open the bench: %w", openErr)
	}
	switch status = "failed"; {
	case passed:
		status = "passed"
	case ctx.Err() != nil:
		status = "interrupted"
	}
	return nil
}

// sendTo passes events to the guard for its display. A guard that is gone is noticed elsewhere.
func sendTo(w io.Writer) func(record.Event) {
	e := json.NewEncoder(w)
	return func(event record.Event) {
		switch event.Body.(type) {
		case record.Sample, record.Exchange, record.ConsoleLine, record.Progress:
			return // many, and not shown
		}
		_ = e.Encode(event)
	}
}
