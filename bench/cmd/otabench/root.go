package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/equipment"
)

// app is what the subcommands share.
type app struct {
	out, errs io.Writer
	bench     string // path of the bench file; empty for the embedded bench
	json      bool
}

// execute runs the command line and returns the exit status.
func execute(ctx context.Context, args []string, out, errs io.Writer) int {
	a := &app{out: out, errs: errs}
	root := a.root()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	if err != nil && err.Error() != "" {
		fmt.Fprintln(errs, "otabench:", err)
	}
	return exitOf(ctx, err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "otabench",
		Short: "Prove that over-the-air updates of vehicle ECUs are safe",
		Long: `otabench drives electronic control units through over-the-air updates on a bench, disturbs them at exact
moments of the protocol, and reports what happened.

Without --bench, every command works on the embedded virtual bench: a simulated ECU, supply and wiring.

Exit status: 0 all passed; 1 a verdict failed; 2 the command line, a bench file, a package, a trace, an
ODX file or a catalogue is wrong; 3 the bench is at fault and verdicts are void; 130 interrupted.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("unknown command %q; see otabench --help", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage("%v; see %s --help", err, c.CommandPath())
	})
	root.PersistentFlags().StringVarP(&a.bench, "bench", "b", "", "bench file; embedded:unit is a virtual bench with one ECU, and left out, it is one with a whole vehicle")
	root.PersistentFlags().BoolVar(&a.json, "json", false, "print results as JSON, for scripts")
	_ = root.MarkPersistentFlagFilename("bench", "yaml", "yml")
	for _, c := range []*cobra.Command{
		a.run(), a.suite(), a.sweep(), a.sweepBench(), a.mutants(), a.repeat(), a.check(), a.list(), a.catalogue(), a.flash(),
		a.power(), a.uds(), a.console(), a.trace(), a.sim(), a.report(), a.export(), a.verify(), a.sign(), a.stamp(), a.key(), a.history(), a.diff(),
	} {
		checkArgs(c)
		root.AddCommand(c)
	}
	return root
}

// checkArgs makes wrong arguments usage errors, for a command and all below it.
func checkArgs(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usage("%v; see %s --help", err, c.CommandPath())
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		checkArgs(sub)
	}
}

// file loads the bench file, or an embedded one.
func (a *app) file() (*config.File, []byte, error) {
	switch a.bench {
	case "", embedded.Name:
		f, err := config.Parse(embedded.Name, embedded.YAML)
		return f, embedded.YAML, err
	case embedded.UnitName:
		f, err := config.Parse(embedded.UnitName, embedded.UnitYAML)
		return f, embedded.UnitYAML, err
	}
	f, text, err := config.Load(a.bench)
	if err != nil {
		return nil, nil, &status{exitUsage, err}
	}
	if err := equipment.CheckAddresses(f); err != nil {
		return nil, nil, err
	}
	return f, text, nil
}

// print writes v as JSON with --json, and text otherwise.
func (a *app) print(v any, text func(io.Writer)) error {
	if !a.json {
		text(a.out)
		return nil
	}
	e := json.NewEncoder(a.out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// colours reports whether w is a terminal that wants colours.
func colours(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && term.IsTerminal(int(f.Fd()))
}
