package main

import (
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
	frames *os.File
	trace  *trace.Recorder
}

func newEvidence(dir string, h record.Header, f *config.File) (*evidence, error) {
	e := &evidence{dir: dir}
	var err error
	if e.record, err = record.Create(filepath.Join(dir, recordFile), h); err != nil {
		return nil, err
	}
	if e.frames, err = os.Create(filepath.Join(dir, traceFile)); err != nil {
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
			return os.Create(filepath.Join(e.dir, e.name("console-"+ecu+".log")))
		},
		SupplyLog: func(rail string) (io.WriteCloser, error) {
			return os.Create(filepath.Join(e.dir, e.name("supply-"+rail+".csv")))
		},
	}
}

// close ends the record with a status; without one it stays open, as that of a run that was cut short.
func (e *evidence) close(status string) error {
	if lost := e.trace.Lost(); lost > 0 {
		e.record.Add(record.Lost{Device: "trace", Frames: lost})
	}
	if status != "" {
		e.record.Add(record.End{Status: status})
	}
	return errors.Join(e.trace.Close(), e.frames.Close(), e.record.Close())
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
