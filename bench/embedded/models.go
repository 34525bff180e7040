package embedded

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"otabench/bench/config"
	"otabench/can"
	"otabench/ecu/image"
	ecusim "otabench/ecu/sim"
	"otabench/ecu/sim/inverter"
)

// unit is a simulated ECU of a kind that has no more to it than this.
type unit interface {
	Start(ctx context.Context) error
	Close() error
}

// startAll makes and starts the ECUs of some roles.
func startAll[C any](b *Bench, f *config.File, roles map[string]C, build func(string, can.Bus, ecusim.Terminal) (unit, error)) error {
	for _, role := range slices.Sorted(maps.Keys(roles)) {
		bus, err := b.attach(f, role)
		if err != nil {
			return err
		}
		u, err := build(role, bus, b.rails[f.ECUs[role].Rail].Terminal(role))
		if err != nil {
			return fmt.Errorf("simulate ECU %s: %w", role, err)
		}
		if err := u.Start(b.ctx); err != nil {
			return err
		}
		b.closers = append(b.closers, u.Close)
	}
	return nil
}

// buildModels starts the ECUs that are what they are, whatever a description says.
func (b *Bench) buildModels(f *config.File) error {
	return startAll(b, f, f.Simulation.Models, func(role string, bus can.Bus, t ecusim.Terminal) (unit, error) {
		cfg, err := Inverter(f, role)
		if err != nil {
			return nil, err
		}
		return inverter.New(cfg, bus, t)
	})
}

// Inverter configures the ECU of a role that is one, with the files of a release.
func Inverter(f *config.File, role string) (inverter.Config, error) {
	cfg := inverter.Config{Serial: "INV-0001", Key: inverter.ExampleKey(), Seed: f.Simulation.Seed}
	p, err := firstSoftware(f, role, f.Simulation.Models[role].Package)
	if p == nil || err != nil {
		return cfg, err
	}
	cfg.Software, err = image.Merge(slices.Collect(maps.Values(p.Files))...)
	return cfg, err
}
