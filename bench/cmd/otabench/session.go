package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/packages"
	"otabench/bench/record"
	"otabench/ecu/firmware"
)

// withECU opens the bench, powers the rail of an ECU, does something with it and switches everything off again.
func (a *app) withECU(ctx context.Context, role string, do func(context.Context, *bench.ECU) error) error {
	return a.withECUs(ctx, []string{role}, func(ctx context.Context, b *bench.Bench) error { return do(ctx, b.ECU(role)) })
}

// withECUs is withECU for several.
func (a *app) withECUs(ctx context.Context, roles []string, do func(context.Context, *bench.Bench) error) error {
	f, _, err := a.file()
	if err != nil {
		return err
	}
	for _, role := range roles {
		if _, ok := f.ECUs[role]; !ok {
			return usage("the bench file has no ECU %q; it has %v", role, slices.Sorted(maps.Keys(f.ECUs)))
		}
	}
	beside(f)
	// By hand there is no run folder, so nobody reads the record.
	rec, err := record.NewWriter(io.Discard, record.Header{})
	if err != nil {
		return err
	}
	b, err := bench.Open(ctx, f, bench.Options{Record: rec, Dir: filepath.Dir(a.bench)})
	if err != nil {
		return err
	}
	err = a.powered(ctx, b, roles, do)
	return errors.Join(err, b.Close(ctx, "by hand"))
}

// charged is the state of charge, in percent, that the bench tells ECUs by hand.
const charged = 80

func (a *app) powered(ctx context.Context, b *bench.Bench, roles []string, do func(context.Context, *bench.Bench) error) error {
	for _, role := range roles {
		if err := b.ECU(role).Rail().On(ctx); err != nil {
			return err
		}
	}
	for _, role := range roles {
		if err := b.ECU(role).AwaitBoot(ctx); err != nil {
			return err
		}
	}
	if battery := b.Battery(); battery != nil { // whose last message may have come before the ECU listened
		if err := battery.Set(ctx, charged, false); err != nil {
			return err
		}
	}
	return do(ctx, b)
}

// completeECUs completes the role of an ECU as first argument.
func (a *app) completeECUs(args []string) []string {
	f, _, err := a.file()
	if err != nil || len(args) > 0 {
		return nil
	}
	return slices.Sorted(maps.Keys(f.ECUs))
}

// checkPackages reads all packages that a bench file names, and sees that there are those that the suite needs.
func checkPackages(f *config.File, path string) error {
	for _, role := range slices.Sorted(maps.Keys(f.ECUs)) {
		set, err := packages.Load(role, f.ECUs[role], filepath.Dir(path))
		if err == nil {
			err = packages.Require(role, set)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// packagesOf reads the packages of one ECU.
func packagesOf(f *config.File, path, role string) (map[string]*firmware.Package, error) {
	return packages.Load(role, f.ECUs[role], filepath.Dir(path))
}
