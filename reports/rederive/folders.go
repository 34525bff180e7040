package rederive

import (
	"fmt"
	"io"
	"os"
	"path"

	"otabench/bench/record"
	"otabench/reports"
)

// maxFolder bounds the record of a point or a proof in bytes: it is held in memory.
const maxFolder = 64 << 20

// checkFolders derives again what the folders of a sweep's points and of the suite's proofs say. The other points of a sweep
// left no raw files, so their outcomes are the word of the record alone.
func (c *checker) checkFolders() {
	var all []string
	if c.run.Sweep != nil {
		for _, e := range c.run.Sweep.Evidence {
			all = append(all, e.Folder)
		}
	}
	for _, p := range c.run.Proofs {
		all = append(all, p.Folder)
	}
	for _, folder := range all {
		if folder == "" {
			continue
		}
		if err := c.checkFolder(folder); err != nil {
			c.res.uncompared("the evidence in %s: %v", folder, err)
		}
	}
}

func (c *checker) checkFolder(folder string) error {
	root, err := c.root.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	run, err := load(root)
	if err != nil {
		return err
	}
	r, err := check(root, run, c.file)
	if err != nil {
		return err
	}
	c.res.merge(folder, r)
	return nil
}

// load reads the record of a point or a proof.
func load(root *os.Root) (*reports.Run, error) {
	f, err := reports.OpenFile(root, reports.RecordFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h, events, damage := record.Read(io.LimitReader(f, maxFolder))
	if h.Format != record.Format {
		return nil, fmt.Errorf("read its record: %w", damage)
	}
	return reports.Derive(h, events, damage)
}

// merge adds what came of a folder below the run's.
func (r *Result) merge(folder string, o Result) {
	r.Folders++
	r.Frames += o.Frames
	for _, n := range []struct{ to, from *int }{
		{&r.Exchanges, &o.Exchanges},
		{&r.Withheld, &o.Withheld},
		{&r.Messages, &o.Messages},
		{&r.Triggers, &o.Triggers},
		{&r.Samples, &o.Samples},
		{&r.Readings, &o.Readings},
		{&r.Lines, &o.Lines},
		{&r.Specs, &o.Specs},
		{&r.Steps, &o.Steps},
		{&r.Files, &o.Files},
		{&r.Measurements.Derived, &o.Measurements.Derived},
		{&r.Measurements.Underived, &o.Measurements.Underived},
		{&r.Measurements.Reported, &o.Measurements.Reported},
		{&r.More, &o.More},
	} {
		*n.to += *n.from
	}
	for _, f := range o.Findings {
		f.File = path.Join(folder, f.File)
		r.add(f)
	}
	for _, text := range o.Uncompared {
		r.uncompared("%s: %s", folder, text)
	}
}
