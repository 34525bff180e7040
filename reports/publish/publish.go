// Package publish writes the reports of a run into its folder.
//
//	summary, err := publish.Write("runs/2026-03-02")
package publish

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"otabench/reports"
	"otabench/reports/evidence"
	"otabench/reports/html"
	"otabench/reports/junit"
)

// Summary is what a command says when a run is over.
type Summary struct {
	Status      reports.Verdict `json:"status"` // passed, failed, void or not run
	Reason      string          `json:"reason,omitempty"`
	Interrupted bool            `json:"interrupted"`
	Totals      reports.Totals  `json:"totals"`
	Unsafe      []string        `json:"unsafe,omitempty"` // outputs not confirmed off
	Files       []string        `json:"files"`            // what was written
	Run         *reports.Run    `json:"-"`
}

// Write derives the verdicts of the run in dir and writes report.html and junit.xml there. A reader never sees one
// of them half written. A folder that is sealed already is left as it is: its reports are evidence.
func Write(dir string) (Summary, error) {
	run, err := reports.Load(dir)
	if err != nil {
		return Summary{}, err
	}
	s := Summary{Status: run.Status, Reason: run.Reason, Interrupted: run.Interrupted(), Totals: run.Totals, Unsafe: run.Unsafe(), Run: run}
	if evidence.Sealed(dir) {
		return s, nil
	}
	issued := time.Now()
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"report.html", func(w io.Writer) error { return html.Write(w, run, issued) }},
		{"junit.xml", func(w io.Writer) error { return junit.Write(w, run) }},
	} {
		path := filepath.Join(dir, f.name)
		if err := replace(path, f.write); err != nil {
			return s, fmt.Errorf("write %s: %w", path, err)
		}
		s.Files = append(s.Files, path)
	}
	return s, nil
}

// replace writes a file beside path and renames it.
func replace(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(write(f), f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
