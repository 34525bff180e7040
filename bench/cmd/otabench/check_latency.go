package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"otabench/bench"
	"otabench/bench/budget"
	"otabench/bench/config"
	"otabench/bench/record"
)

// checkLatency measures the latencies of all rails and keeps them for later runs. It is the one check that energises.
func (a *app) checkLatency(ctx context.Context, f *config.File, text []byte) ([]finding, error) {
	path, err := budget.Path(a.bench, f.Name)
	if err != nil {
		return nil, err
	}
	// By hand there is no run folder, so nobody reads the record.
	rec, err := record.NewWriter(io.Discard, record.Header{})
	if err != nil {
		return nil, err
	}
	b, err := bench.Open(ctx, f, bench.Options{Record: rec, Dir: filepath.Dir(a.bench)})
	if err != nil {
		return nil, err
	}
	found, measured, err := a.measureRails(ctx, f, b)
	if err = errors.Join(err, b.Close(ctx, "the latencies are measured")); err != nil {
		return found, err
	}
	if err := budget.Store(path, budget.Budget{Bench: f.Name, Digest: config.Digest(text), Rails: measured}); err != nil {
		return found, err
	}
	return append(found, finding{Role: f.Name, Class: "latency", OK: true, Detail: "kept in " + path}), nil
}

func (a *app) measureRails(
	ctx context.Context, f *config.File, b *bench.Bench,
) (found []finding, all []record.Latency, err error) {
	for _, role := range slices.Sorted(maps.Keys(f.Rails)) {
		r := f.Rails[role]
		fmt.Fprintf(a.errs, "%s: energising at %v, limited to %v and %v, and cutting it again and again\n",
			role, r.Nominal, r.Limits.Voltage, r.Limits.Current)
		l, err := b.Rail(role).MeasureLatency(ctx)
		for _, fault := range b.TakeFaults() {
			err = errors.Join(err, fmt.Errorf("%s: %s", fault.Device, fault.Text))
		}
		switch {
		case errors.Is(err, bench.ErrNoLatency):
			found = append(found, finding{Role: role, Class: "latency", OK: true, Detail: "not measured: " + err.Error()})
			continue
		case err != nil:
			return append(found, finding{Role: role, Class: "latency", Detail: err.Error()}), nil, err
		}
		l.Measured = time.Now().Round(time.Second)
		all = append(all, l)
		found = append(found, latencies(l)...)
	}
	return found, all, nil
}

// latencies shows what was measured of a rail.
func latencies(l record.Latency) (found []finding) {
	for _, row := range []struct {
		what string
		took record.Spread
	}{
		{"trigger to command", l.Command},
		{"trigger to 90 % of the voltage at the terminals", l.Open},
		{"command to close to 90 %", l.Close},
		{"command to the supply to half of a step down", l.Fall},
		{"command to the supply to half of a step up", l.Rise},
	} {
		detail := row.what + ": " + row.took.String()
		found = append(found, finding{Role: l.Rail, Class: "latency", OK: true, Detail: detail})
	}
	return found
}

// addLatencies puts the latencies that check has measured into the record of a run. A run needs none.
func addLatencies(rec *record.Writer, f *config.File, path, digest string) {
	known, err := knownLatencies(f, path, digest)
	if err != nil {
		rec.Add(record.Note{Text: err.Error()})
	}
	for _, l := range known {
		rec.Add(l)
	}
}

func knownLatencies(f *config.File, path, digest string) ([]record.Latency, error) {
	file, err := budget.Path(path, f.Name)
	if err != nil {
		return nil, err
	}
	kept, err := budget.Load(file)
	if err != nil {
		return nil, err
	}
	return kept.For(digest)
}
