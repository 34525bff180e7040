package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"otabench/bench/record"
)

// Files of a run folder.
const (
	RecordFile = "record.jsonl"
	BenchFile  = "bench.yaml" // copy of the bench file
)

// Load reads the record in a run folder and derives the verdicts. A record that was cut short or is damaged gives a
// Run of what was whole before that, whose Incomplete says so; an error means that there is nothing to report on.
//
// The record is read once, as a stream. Of a run of many specs each keeps only what a reader looks at, and its Left says
// how much more the record has of it.
func Load(dir string) (*Run, error) {
	folder, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("read the run in %s: %w", dir, err)
	}
	defer folder.Close()
	f, err := OpenFile(folder, RecordFile)
	if err != nil {
		return nil, fmt.Errorf("read the run in %s: %w", dir, err)
	}
	defer f.Close()
	run, err := read(f, folder.FS())
	if err != nil {
		return nil, fmt.Errorf("read the run in %s: %w", dir, err)
	}
	run.Dir = dir
	if run.Files, err = files(dir); err != nil {
		return nil, err
	}
	run.checkProofs(dir)
	if err := run.checkEvidence(dir); err != nil {
		return nil, fmt.Errorf("read the evidence of the sweep in %s: %w", dir, err)
	}
	return run, nil
}

// read derives the run that a record tells of. folder is that of the run, nil if there is none.
func read(f io.Reader, folder fs.FS) (*Run, error) {
	sum := sha256.New()
	b := newBuilder()
	h, err := record.Scan(io.TeeReader(f, sum), b.add)
	if h.Format != record.Format || (err != nil && !errors.Is(err, record.ErrTruncated) && !errors.Is(err, record.ErrCorrupt)) {
		return nil, err
	}
	// The digest is that of the whole file, also beyond damage.
	if _, err := io.Copy(sum, f); err != nil {
		return nil, err
	}
	run, err := b.derive(h, err, folder)
	if err != nil {
		return nil, err
	}
	run.Digest = hex.EncodeToString(sum.Sum(nil))
	return run, nil
}

// derived are the files of a run folder that are made from the others.
var derived = []string{"report.html", "report.pdf", "junit.xml", "measurements.csv", "evidence.dsse.json", "test-result.dsse.json", "evidence.tsr"}

// files lists what else lies in a run folder, apart from what is made from the record.
func files(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		switch name := e.Name(); {
		case !e.Type().IsRegular(), name[0] == '.', slices.Contains(derived, name):
		default:
			names = append(names, name)
		}
	}
	return names, nil
}

// Derive derives a run from events. damage is what reading the record came to, nil if the record is whole. A run that is
// judged by a catalogue in its folder is void, as there is none here.
func Derive(h record.Header, events []record.Event, damage error) (*Run, error) {
	b := newBuilder()
	for _, e := range events {
		b.add(e)
	}
	return b.derive(h, damage, nil)
}

// derive applies the decision rule to what was added. folder is that of the run, nil if there is none.
func (b *builder) derive(h record.Header, damage error, folder fs.FS) (*Run, error) {
	catalogues, err := b.run.catalogues(folder)
	if err != nil {
		return nil, err
	}
	b.run.Header = h
	switch {
	case damage != nil:
		b.run.Incomplete = damage.Error()
	case b.torn:
		b.run.Incomplete = "a crash cut off an event within the record"
	case b.run.Ended == "":
		b.run.Incomplete = "the record has no end: the run was cut short"
	}
	b.run.judge()
	b.run.Groups = group(catalogues, b.run.Specs, b.run.LeftOut)
	return b.run, nil
}
