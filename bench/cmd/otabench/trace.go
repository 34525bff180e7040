package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"otabench/can/trace"
	"otabench/can/trace/tracefile"
)

func (a *app) trace() *cobra.Command {
	c := &cobra.Command{
		Use:   "trace",
		Short: "Show and convert CAN traces",
		Long: "Show and convert CAN traces: those of runs, and those of other tools. The formats are " + tracefile.Extensions + ".\n" +
			"What a file holds is found out from the file itself; what is written, from the name.",
		Args: cobra.NoArgs,
		RunE: needSubcommand,
	}
	c.AddCommand(a.traceShow(), a.traceConvert())
	return c
}

func (a *app) traceConvert() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "convert TRACE TRACE",
		Short: "Write a trace in another format",
		Long: `Write the first trace to the second, in the format that its name tells, and say what that format has no place for.
Of a trace that breaks off, everything before the damage is written.`,
		Example: `  otabench trace convert runs/last/trace.pcapng trace.blf
  otabench trace convert drive.asc drive.log.gz`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error { return a.convert(args[0], args[1], force) },
	}
	c.Flags().BoolVar(&force, "force", false, "replace a file that exists")
	return c
}

func (a *app) convert(from, to string, force bool) error {
	if _, _, err := tracefile.FormatOf(to); err != nil {
		return usage("%w", err)
	}
	if err := replaceable(from, to, force); err != nil {
		return err
	}
	src, err := openTrace(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := tracefile.Create(to)
	if err != nil {
		return &status{exitUsage, err}
	}
	report, err := tracefile.Copy(dst, src)
	type losses struct {
		Frames  int            `json:"frames"`
		Refused int            `json:"refused"`
		Read    map[string]int `json:"lost_in_reading"`
		Written map[string]int `json:"lost_in_writing"`
	}
	row := losses{report.Frames, report.Refused, counts(report.Read), counts(report.Written)}
	if err := a.print(row, func(w io.Writer) { fmt.Fprintf(w, "%s: %v\n", to, report) }); err != nil {
		return err
	}
	return damage(from, err)
}

// replaceable says why a file must not be written.
func replaceable(from, to string, force bool) error {
	old, err := os.Stat(to)
	if err != nil {
		return nil // it does not exist, or writing it will say more
	}
	if src, err := os.Stat(from); err == nil && os.SameFile(src, old) {
		return usage("%s is the trace to be converted; give another name", to)
	}
	if !force {
		return usage("%s exists; give another name, or --force to replace it", to)
	}
	return nil
}

func counts(all []trace.Loss) map[string]int {
	m := map[string]int{}
	for _, l := range all {
		m[l.What] += l.Count
	}
	return m
}

func openTrace(path string) (*tracefile.File, error) {
	src, err := tracefile.Open(path)
	switch {
	case err == nil:
		return src, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, usage("%s: no such file", path)
	}
	return nil, &status{exitUsage, err}
}

// damage says where a trace that was read to its end is damaged, nil if it is not.
func damage(path string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	return usage("%s: %w; what comes before is whole", path, err)
}
