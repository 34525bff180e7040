package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/can/trace"
)

// evidence is what a bench leaves in a run folder: record, trace, consoles and readings.
type evidence struct {
	dir    string
	part   string // of names of files, in a run that was gone on with
	record *record.Writer
	raw    []string // names of the files beside the record
	frames *os.File
	trace  *trace.Recorder
}

func newEvidence(dir string, h record.Header, f *config.File) (*evidence, error) {
	e := &evidence{dir: dir}
	var err error
	if e.record, err = record.Create(filepath.Join(dir, recordFile), h); err != nil {
		return nil, err
	}
	if e.frames, err = e.create(traceFile); err != nil {
		return nil, errors.Join(err, e.record.Close())
	}
	e.trace = trace.NewRecorder(e.frames, slices.Sorted(maps.Keys(f.Buses))...)
	return e, nil
}

// options are those of a bench whose file is at path.
func (e *evidence) options(path string) bench.Options {
	return bench.Options{
		Record: e.record, Trace: e.trace, Dir: filepath.Dir(path),
		ConsoleLog: func(ecu string) (io.WriteCloser, error) {
			return e.create(e.name("console-" + ecu + ".log"))
		},
		SupplyLog: func(rail string) (io.WriteCloser, error) {
			return e.create(e.name("supply-" + rail + ".csv"))
		},
	}
}

// create makes a file of raw evidence.
func (e *evidence) create(name string) (*os.File, error) {
	e.raw = append(e.raw, name)
	return os.Create(filepath.Join(e.dir, name))
}

// close ends the record with a status; without one it stays open, as that of a run that was cut short. The bench is closed by
// then, so that the files beside the record are what they stay.
func (e *evidence) close(status string) error {
	if lost := e.trace.Lost(); lost > 0 {
		e.record.Add(record.Lost{Device: "trace", Frames: lost})
	}
	err := errors.Join(e.trace.Close(), e.frames.Close())
	if status != "" {
		err = errors.Join(err, e.seal())
		e.record.Add(record.End{Status: status})
	}
	return errors.Join(err, e.record.Close())
}

// seal records the digests of the files beside the record, Ginkgo's report among them.
func (e *evidence) seal() error {
	for _, name := range append(e.raw, ginkgoFile) {
		raw, err := digestOf(filepath.Join(e.dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("record the digest of %s: %w", name, err)
		}
		raw.Name = name
		e.record.Add(raw)
	}
	return nil
}

func digestOf(path string) (raw record.RawFile, err error) {
	f, err := os.Open(path)
	if err != nil {
		return raw, err
	}
	defer f.Close()
	sum := sha256.New()
	raw.Size, err = io.Copy(sum, f)
	raw.Digest = hex.EncodeToString(sum.Sum(nil))
	return raw, err
}

// appendEvidence goes on in the folder of a run that was stopped. The trace goes on in a further file.
func appendEvidence(dir string, f *config.File) (*evidence, error) {
	e := &evidence{dir: dir}
	var err error
	if e.record, err = record.Append(filepath.Join(dir, recordFile)); err != nil {
		return nil, err
	}
	for n := 2; ; n++ {
		e.part = fmt.Sprintf(".%d", n)
		trace := strings.Replace(traceFile, ".", fmt.Sprintf("-%d.", n), 1)
		if e.frames, err = os.OpenFile(filepath.Join(dir, trace), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644); err == nil {
			e.raw = append(e.raw, trace)
			break
		}
		if !errors.Is(err, os.ErrExist) {
			return nil, errors.Join(err, e.record.Close())
		}
	}
	e.trace = trace.NewRecorder(e.frames, slices.Sorted(maps.Keys(f.Buses))...)
	return e, nil
}

// name is the name of the file of a role in this part of the run: console-bcm.2.log. Roles may end in -2, and none has a dot.
func (e *evidence) name(file string) string {
	ext := filepath.Ext(file)
	return strings.TrimSuffix(file, ext) + e.part + ext
}
