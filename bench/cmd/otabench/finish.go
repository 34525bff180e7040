package main

import (
	"context"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	sealed "otabench/reports/evidence"
	"otabench/reports/publish"
)

// keyVariable names the environment variable with the file of the private key that runs are sealed with.
const keyVariable = "OTABENCH_KEY"

// sealFlags say how a run folder is sealed.
type sealFlags struct{ key, previous string }

func (o *sealFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&o.key, "key", os.Getenv(keyVariable), "private key that signs the evidence, by default that of $"+keyVariable+"; without one, a key is made for this run alone, which proves no origin")
	c.Flags().StringVar(&o.previous, "previous", "", "run folder that this run follows in a chain of evidence")
	_ = c.MarkFlagDirname("previous")
}

// options reads what the flags name, before anything is run.
func (o sealFlags) options() (sealed.Options, error) {
	var s sealed.Options
	var err error
	if o.key != "" {
		if s.Key, err = readKey(o.key); err != nil {
			return s, err
		}
	}
	if o.previous != "" {
		if s.Previous, err = sealed.Digest(o.previous); err != nil {
			return s, usage("--previous: %w", err)
		}
	}
	return s, nil
}

// finish writes the reports of a run, seals its folder and prints the summary. A run that was interrupted is evidence as
// well.
func (a *app) finish(ctx context.Context, dir string, o sealed.Options) (publish.Summary, error) {
	thrifty()
	sum, err := publish.Write(dir)
	if err != nil {
		return sum, usage("%w", err)
	}
	if err := sealed.Seal(context.WithoutCancel(ctx), dir, sum.Run, o); err != nil {
		return sum, fault("%w", err)
	}
	return sum, a.printRun(sum)
}

// thrifty keeps reports of 10,000 specs below 300 MB; they take a little longer.
func thrifty() {
	const most = 240 << 20 // bytes
	debug.SetMemoryLimit(most)
	debug.SetGCPercent(50)
}
