package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"otabench/reports"
	"otabench/reports/allure"
	"otabench/reports/junit"
	"otabench/reports/lobster"
	"otabench/reports/reqif"
)

// export is a form in which another tool takes what a run came to.
type export struct {
	format, made, what string
	write              func(root *os.Root, run *reports.Run) error
}

var exports = []export{
	{"allure", allure.Folder + "/", "results for Allure, with the traceability, steps and curves of each spec", allure.Write},
	{"lobster", "trace.lobster", "activities with their verdicts, for LOBSTER", one("trace.lobster", lobster.Write)},
	{"lobster-requirements", "requirements.lobster", "the requirements that they refer to", one("requirements.lobster", lobster.WriteRequirements)},
	{"reqif", "requirements.reqif", "requirements, specs and verdicts, for requirement tools", one("requirements.reqif", reqif.Write)},
	{"xunit", "xunit.xml", "JUnit without what Jenkins' xUnit plugin refuses", one("xunit.xml", junit.Strict)},
}

// one writes an export that is a single file.
func one(name string, write func(io.Writer, *reports.Run) error) func(*os.Root, *reports.Run) error {
	return func(root *os.Root, run *reports.Run) error {
		f, err := root.Create(name)
		if err != nil {
			return err
		}
		return errors.Join(write(f, run), f.Close())
	}
}

func formats() []string {
	var names []string
	for _, e := range exports {
		names = append(names, e.format)
	}
	return names
}

func (a *app) export() *cobra.Command {
	var out string
	var wanted []string
	c := &cobra.Command{
		Use:   "export RUN -o FOLDER",
		Short: "Write what a run came to for other tools: Allure, LOBSTER, ReqIF, xUnit",
		Long:  exportHelp(),
		Example: `  otabench export runs/nightly -o exports
  otabench export runs/nightly -o exports --format allure && allure serve exports/allure-results`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.exportRun(args[0], out, wanted) },
	}
	c.Flags().StringVarP(&out, "output", "o", "", "folder to write into, made if need be")
	c.Flags().StringSliceVar(&wanted, "format", nil, "only these: "+strings.Join(formats(), ", "))
	_ = c.MarkFlagDirname("output")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formats(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func exportHelp() string {
	var b strings.Builder
	b.WriteString("Write what a run came to for other tools. The verdicts are derived from the record again; the run folder is left as it is.\n\n")
	for _, e := range exports {
		fmt.Fprintf(&b, "  %-21s %-21s %s\n", e.format, e.made, e.what)
	}
	b.WriteString("\njunit.xml and measurements.csv are in the run folder already, and Ginkgo's own report as ginkgo.json.")
	return b.String()
}

func (a *app) exportRun(dir, out string, wanted []string) error {
	for _, name := range wanted {
		if !slices.Contains(formats(), name) {
			return usage("--format %q: there are %s", name, strings.Join(formats(), ", "))
		}
	}
	if out == "" {
		return usage("--output names the folder to write into")
	}
	thrifty()
	run, err := reports.Load(dir)
	if err != nil {
		return usage("%w", err)
	}
	if inRun(out) {
		return usage("%s is in a run folder; what is written there later is no evidence of the run", out)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return usage("%w", err)
	}
	root, err := os.OpenRoot(out)
	if err != nil {
		return usage("%w", err)
	}
	defer root.Close()
	made := []string{}
	for _, e := range exports {
		if len(wanted) > 0 && !slices.Contains(wanted, e.format) {
			continue
		}
		if err := e.write(root, run); err != nil {
			return usage("export %s: %w", e.format, err)
		}
		made = append(made, filepath.Join(out, e.made))
	}
	return a.print(map[string][]string{"files": made}, func(w io.Writer) {
		for _, path := range made {
			fmt.Fprintln(w, path)
		}
	})
}
