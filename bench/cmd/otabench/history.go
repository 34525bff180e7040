package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"otabench/reports/history"
	"otabench/reports/history/page"
)

// historyOptions are the flags of history.
type historyOptions struct {
	file string // of the database; the default if empty
	last int
	page string
}

func (a *app) history() *cobra.Command {
	var o historyOptions
	c := &cobra.Command{
		Use:   "history",
		Short: "Show verdicts and measurements over many runs",
		Long: `Show verdicts and measurements over many runs: flaky specs, which passed and failed with the same firmware, bench file, suite and
clock; specs that fail since one of these changed; durations and measurements that moved or creep to a limit.

With --bench, runs of that bench only. The history is an SQLite database: $OTABENCH_HISTORY, or otabench/history.db below
$XDG_STATE_HOME, which is ~/.local/state if it is not set. It has to lie on a disk of this machine.`,
		Example: `  otabench history
  otabench history --last 200 --html history.html
  otabench history --json | jq -r '.flaky[].id'`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.showHistory(o) },
	}
	c.PersistentFlags().StringVar(&o.file, "history", "", "file of the history; $OTABENCH_HISTORY or the user's own if left out")
	c.Flags().IntVar(&o.last, "last", 50, "show at most so many runs, the newest; 0 for all")
	c.Flags().StringVar(&o.page, "html", "", "write a page that shows each spec over the runs")
	_ = c.MarkPersistentFlagFilename("history", "db")
	_ = c.MarkFlagFilename("html", "html")
	c.AddCommand(a.historyAdd(&o), a.historyStale(&o))
	return c
}

// openHistory opens the history that was named, or the user's own.
func openHistory(file string) (*history.DB, error) {
	if file == "" {
		var err error
		if file, err = history.DefaultPath(); err != nil {
			return nil, usage("find the history: %v; name a file with --history", err)
		}
	}
	db, err := history.Open(file)
	if err != nil {
		return nil, usage("%w", err)
	}
	return db, nil
}

func (a *app) showHistory(o historyOptions) (err error) {
	s := history.Selection{Last: o.last}
	if o.last < 0 {
		return usage("--last %d: want 0 or more", o.last)
	}
	if a.bench != "" {
		f, _, err := a.file()
		if err != nil {
			return err
		}
		s.Bench = f.Name
	}
	db, err := openHistory(o.file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	all, err := db.Overview(s)
	if err != nil {
		return usage("%w", err)
	}
	if o.page != "" {
		if err := writePage(o.page, all); err != nil {
			return err
		}
	}
	return a.print(all, func(w io.Writer) {
		_ = history.Terminal(w, all)
		if o.page != "" {
			fmt.Fprintln(w, o.page)
		}
	})
}

func writePage(path string, o history.Overview) error {
	f, err := os.Create(path)
	if err != nil {
		return usage("write the page: %w", err)
	}
	if err := errors.Join(page.Write(f, o), f.Close()); err != nil {
		return fmt.Errorf("write the page %s: %w", path, err)
	}
	return nil
}
