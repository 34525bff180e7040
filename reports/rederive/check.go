package rederive

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"time"

	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/reports"
)

// checker reads the files of a run folder side by side, in the order of the record.
type checker struct {
	root *os.Root
	run  *reports.Run
	file *config.File
	res  *Result

	t    time.Duration // of the event that is being looked at
	spec string        // and its spec

	bases   map[string]*deriving   // of measurements, by the role of their subject
	anchors map[time.Duration]bool // times at which a measurement needs a frame, and whether there was one

	// steps has the hashes of all steps of each spec: a Run of many specs has not all of them.
	steps map[string][]uint64
	seed  maphash.Seed

	withheld map[string][]window // when the bench kept the tester of an ECU from the bus

	raw  []record.RawFile          // files as the record has them
	read map[string]record.RawFile // and as they are, once they were read

	bus      *bus
	rails    map[string]*rail
	consoles map[string]*console
}

// Check derives again what the record of a run says. The root is that of the run's folder. The error is one that keeps the
// record itself from being read, or wraps what is wrong with the bench file: nothing was compared then. A raw file that is
// missing or damaged is no error; the result says so.
func Check(root *os.Root, run *reports.Run) (Result, error) { return check(root, run, nil) }

// check is Check. around is the bench of the run in whose folder this one lies, nil for none.
func check(root *os.Root, run *reports.Run, around *config.File) (Result, error) {
	c := &checker{
		root: root, run: run, res: &Result{}, steps: map[string][]uint64{}, seed: maphash.MakeSeed(), read: map[string]record.RawFile{}, withheld: map[string][]window{},
		bases: map[string]*deriving{}, anchors: map[time.Duration]bool{},
		rails: map[string]*rail{}, consoles: map[string]*console{},
	}
	if err := c.readBench(around); err != nil {
		return Result{}, fmt.Errorf("derive the verdicts of %s again: %w", root.Name(), err)
	}
	defer c.close()
	c.readBases()
	c.bus = newBus(c)
	if err := c.readRecord(); err != nil {
		return Result{}, fmt.Errorf("derive the verdicts of %s again: %w", root.Name(), err)
	}
	c.finish()
	c.compareGinkgo()
	c.close()
	c.compareDigests()
	if around == nil { // a link could lead from a folder back to where it lies
		c.checkFolders()
	}
	c.res.sort()
	return *c.res, nil
}

// readBench reads who is on the bench, and where. The folder of a proof has no bench file of its own.
func (c *checker) readBench(around *config.File) error {
	text, err := c.small(reports.BenchFile)
	if around != nil && errors.Is(err, os.ErrNotExist) {
		c.file = around
		return nil
	}
	if err != nil {
		return err
	}
	if digest := config.Digest(text); digest != c.run.Header.Digest {
		c.res.add(Finding{File: reports.BenchFile, What: "digest of the bench file", Record: c.run.Header.Digest, Raw: digest})
	}
	c.file, err = config.Outline(text, func(ecu string) ([]byte, error) {
		text, err := c.small("description-" + ecu + ".yaml")
		if errors.Is(err, os.ErrNotExist) {
			c.res.uncompared("exchanges with %s: its description is not in the folder, so its addresses are not known", ecu)
			return nil, nil
		}
		return text, err
	})
	return err
}

// small reads a file that is no larger than a bench file may be.
func (c *checker) small(name string) ([]byte, error) {
	f, err := reports.OpenFile(c.root, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, config.MaxFile+1))
	if err == nil && len(text) > config.MaxFile {
		err = fmt.Errorf("%s: more than %d bytes", name, config.MaxFile)
	}
	return text, err
}

// readRecord goes through the record, and through the raw files beside it.
func (c *checker) readRecord() error {
	f, err := reports.OpenFile(c.root, reports.RecordFile)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	h, err := record.Scan(io.TeeReader(f, sum), c.event)
	switch {
	case h.Format != record.Format:
		return err
	case errors.Is(err, record.ErrTruncated), errors.Is(err, record.ErrCorrupt):
		c.res.uncompared("the rest of the record: %v", err)
	case err != nil:
		return err
	}
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if digest := hex.EncodeToString(sum.Sum(nil)); c.run.Digest != "" && digest != c.run.Digest {
		return fmt.Errorf("%s is not the one that the run was read from", reports.RecordFile)
	}
	return nil
}

func (c *checker) event(e record.Event) {
	c.t, c.spec = e.T, e.Spec
	c.bus.advance(e.T)
	switch body := e.Body.(type) {
	case record.Exchange:
		c.bus.exchange(body)
	case record.Tester:
		c.tester(e.T, body)
	case record.RawFile:
		c.raw = append(c.raw, body)
	case record.Step:
		c.steps[e.Spec] = append(c.steps[e.Spec], maphash.String(c.seed, body.Text))
	case record.Sample:
		c.rail(body.Rail).sample(e.T, body)
	case record.Sampling:
		c.rail(body.Rail).sampling(body)
	case record.ConsoleLine:
		c.console(body.ECU).line(e.T, body.Text)
		c.bus.triggers.line(e.T, body)
	}
}

// finish reads the raw files to their ends.
func (c *checker) finish() {
	c.spec = ""
	for _, r := range c.rails {
		r.finish()
	}
	c.openUntold()
	for _, l := range c.consoles {
		l.finish()
	}
	c.bus.finish()
	for subject, of := range c.bases {
		of.finish(c, subject)
	}
}

// openUntold reads rails and consoles of the bench of which the record does not tell at all.
func (c *checker) openUntold() {
	for role := range c.file.Rails {
		if c.rails[role] == nil && c.exists("supply-"+role+".csv") {
			c.rail(role).finish()
		}
	}
	for role := range c.file.ECUs {
		if c.consoles[role] == nil && c.exists("console-"+role+".log") {
			c.console(role)
		}
	}
}

func (c *checker) exists(name string) bool {
	_, err := c.root.Stat(name)
	return err == nil
}

// found adds a finding about the event that is being looked at.
func (c *checker) found(file, what, recorded, raw string) {
	c.foundAt(c.t, c.spec, file, what, recorded, raw)
}

func (c *checker) foundAt(t time.Duration, spec, file, what, recorded, raw string) {
	c.res.add(Finding{File: file, Spec: spec, T: t, What: what, Record: recorded, Raw: raw})
}

// cut reports whether the run, or a part of it, was stopped before its files were complete: what a crash takes of them is
// no sign of a forger, and no verdict stands on it.
func (c *checker) cut() bool {
	return c.run.Incomplete != "" || c.run.Ended != string(record.Passed) && c.run.Ended != string(record.Failed)
}

func (c *checker) close() {
	if c.bus != nil {
		c.bus.close()
	}
	for _, r := range c.rails {
		r.close()
	}
	for _, l := range c.consoles {
		l.close()
	}
}
