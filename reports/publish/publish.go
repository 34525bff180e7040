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
	"otabench/reports/pdf"
	"otabench/reports/table"
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

// files are the reports of a run. A further one has to be named in package reports as derived.
var files = []struct {
	name  string
	write func(w io.Writer, run *reports.Run, issued time.Time) error
}{
	{"report.html", html.Write},
	{"report.pdf", pdf.Write},
	{"junit.xml", func(w io.Writer, run *reports.Run, _ time.Time) error { return junit.Write(w, run) }},
	{"measurements.csv", func(w io.Writer, run *reports.Run, _ time.Time) error { return table.Write(w, run) }},
}

// Write derives the verdicts of the run in dir and writes its reports there. A reader never sees one of them half written.
// A folder that is sealed already is left as it is: its reports are evidence.
func Write(dir string) (Summary, error) {
	s, err := Derive(dir)
	if err != nil || evidence.Sealed(dir) {
		return s, err
	}
	return s, s.WriteTo(dir)
}

// Derive derives the verdicts of the run in dir and writes nothing.
func Derive(dir string) (Summary, error) {
	run, err := reports.Load(dir)
	if err != nil {
		return Summary{}, err
	}
	return Summary{
		Status: run.Status, Reason: run.Reason, Interrupted: run.Interrupted(), Totals: run.Totals, Unsafe: run.Unsafe(), Run: run,
	}, nil
}

// WriteTo writes the reports into a folder, which has to be there, and adds them to Files.
func (s *Summary) WriteTo(dir string) error {
	issued := time.Now()
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		if err := replace(path, func(w io.Writer) error { return f.write(w, s.Run, issued) }); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		s.Files = append(s.Files, path)
	}
	return nil
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
