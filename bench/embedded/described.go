package embedded

import (
	"fmt"

	"otabench/bench/config"
	"otabench/bench/packages"
	"otabench/can"
	"otabench/can/trace/tracefile"
	"otabench/ecu/firmware"
	ecusim "otabench/ecu/sim"
	"otabench/ecu/sim/described"
)

// buildDescribed starts the ECUs that are made of their descriptions.
func (b *Bench) buildDescribed(f *config.File) error {
	return startAll(b, f, f.Simulation.Described, func(role string, bus can.Bus, t ecusim.Terminal) (unit, error) {
		cfg, err := Describe(f, role)
		if err != nil {
			return nil, err
		}
		return described.New(cfg, bus, t)
	})
}

// Describe configures the ECU of a role by its description, with what the bench file's simulation section says of it if
// that has it. A damaged trace is an error that wraps one of package trace, and the configuration has what came before.
func Describe(f *config.File, role string) (described.Config, error) {
	e := f.ECUs[role]
	var s config.Described
	if f.Simulation != nil {
		s = f.Simulation.Described[role]
	}
	cfg := described.Config{
		Name: role, Description: e.Description, Boot: s.Boot, Erase: s.EraseTime, Byte: s.ByteTime, Values: map[string][]byte{},
	}
	for name, text := range s.Values {
		data, err := e.Description.Known()[name].Encode(text)
		if err != nil {
			return cfg, fmt.Errorf("values.%s: %w", name, err)
		}
		cfg.Values[name] = data
	}
	if err := equip(&cfg, f, role, s.Package); err != nil {
		return cfg, err
	}
	if s.Replay == "" {
		return cfg, nil
	}
	var err error
	cfg.Recorded, err = Replay(f, role, f.Path(s.Replay), s.ReplayBus)
	return cfg, err
}

// factory is the role of the package that an ECU has unless a bench file says otherwise.
const factory = "current"

// equip gives an ECU its first software, and the key that it trusts.
func equip(cfg *described.Config, f *config.File, role, pkg string) error {
	e := f.ECUs[role]
	var err error
	if cfg.Factory, err = firstSoftware(f, role, pkg); err != nil || e.Trust == "" {
		return err
	}
	key, err := packages.Trust(e, f.Dir())
	cfg.Trust = key
	return err
}

// firstSoftware is the package of a role, or the one that an ECU has unless a bench file says otherwise; nil for none.
func firstSoftware(f *config.File, role, pkg string) (*firmware.Package, error) {
	e := f.ECUs[role]
	if pkg == "" {
		if _, there := e.Packages[factory]; !there {
			return nil, nil
		}
		pkg = factory
	}
	return packages.One(role, e, pkg, f.Dir())
}

// Replay reads what the ECU of a role answers in a trace; bus is the name of its bus there, empty for any.
func Replay(f *config.File, role, path, bus string) (*described.Recording, error) {
	file, err := tracefile.Open(path)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	defer file.Close()
	recording, err := described.Record(file, f.ECUs[role].Description, bus)
	if err != nil {
		err = fmt.Errorf("replay %s: %w", path, err)
	}
	return recording, err
}
