package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"otabench/reports"
	"otabench/reports/visible"
)

func (a *app) historyAdd(o *historyOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "add RUN...",
		Short: "Add run folders to the history",
		Long:  `Add run folders to the history. Adding one again does nothing; a run whose record is another one than when it was added is refused.`,
		Example: `  otabench history add runs/*
  otabench history add --history /srv/history.db runs/nightly`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.addRuns(o.file, args) },
	}
}

// addedRun says what became of a run folder.
type addedRun struct {
	Dir    string          `json:"dir"`
	Run    string          `json:"run"`
	Status reports.Verdict `json:"status"`
	Known  bool            `json:"known"` // it was added before
}

func (a *app) addRuns(file string, dirs []string) (err error) {
	db, err := openHistory(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	list := []addedRun{}
	for _, dir := range dirs {
		run, err := reports.Load(dir)
		if err != nil {
			return usage("%w", err)
		}
		known, err := db.Knows(run)
		if err == nil {
			err = db.Add(run)
		}
		if err != nil {
			return usage("%s: %w", dir, err)
		}
		list = append(list, addedRun{dir, run.Header.Run, run.Status, known})
	}
	return a.print(list, func(w io.Writer) {
		for _, x := range list {
			what := "added"
			if x.Known {
				what = "known"
			}
			fmt.Fprintf(w, "%s  %s  %s  %s\n", what, visible.Line(x.Run, 60), x.Status, x.Dir)
		}
	})
}
