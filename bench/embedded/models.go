package embedded

import (
	"fmt"
	"maps"
	"slices"

	"otabench/bench/config"
	"otabench/ecu/image"
	"otabench/ecu/sim/inverter"
)

// buildModels starts the ECUs that are what they are, whatever a description says.
func (b *Bench) buildModels(f *config.File) error {
	for _, role := range slices.Sorted(maps.Keys(f.Simulation.Models)) {
		bus, err := b.attach(f, role)
		if err != nil {
			return err
		}
		cfg, err := Inverter(f, role)
		if err != nil {
			return fmt.Errorf("simulate ECU %s: %w", role, err)
		}
		unit, err := inverter.New(cfg, bus, b.rails[f.ECUs[role].Rail].Terminal(role))
		if err != nil {
			return err
		}
		if err := unit.Start(b.ctx); err != nil {
			return err
		}
		b.closers = append(b.closers, unit.Close)
	}
	return nil
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
