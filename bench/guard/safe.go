package guard

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/bench/record"
)

// MakeSafe opens links of its own to the power equipment of a bench and switches everything off. Each device is dealt
// with by itself, so that one that does not answer keeps no other one on. Simulated devices lived in the suite's process
// and ended with it.
func MakeSafe(ctx context.Context, f *config.File, reason string) record.Safe {
	ctx, cancel := context.WithTimeout(ctx, safety)
	defer cancel()
	safe := record.Safe{By: "guard", Reason: reason}
	parts := slices.Collect(each(f))
	found := make(chan record.Safe, len(parts))
	for _, part := range parts {
		go func() { found <- one(ctx, part, reason) }()
	}
	for range parts {
		safe.Outputs = append(safe.Outputs, (<-found).Outputs...)
	}
	slices.SortFunc(safe.Outputs, func(a, b record.SafeOutput) int { return cmp.Compare(a.Device, b.Device) })
	return safe
}

func one(ctx context.Context, f *config.File, reason string) record.Safe {
	p, err := equipment.Open(ctx, f, nil)
	if err != nil && len(f.Sensors) > 0 {
		return unconfirmed(ctx, f, reason, err)
	}
	if err != nil {
		var lost record.Safe
		for _, role := range slices.Sorted(maps.Keys(f.Rails)) {
			lost.Outputs = append(lost.Outputs, record.SafeOutput{Device: role, Error: err.Error()})
		}
		for _, role := range slices.Sorted(maps.Keys(f.Switches)) {
			lost.Outputs = append(lost.Outputs, record.SafeOutput{Device: role, Error: err.Error()})
		}
		return lost
	}
	defer p.Close()
	return p.MakeSafe(ctx, "guard", reason)
}

// unconfirmed switches off without sensors: they only confirm, so that one that fails must not keep an output on.
func unconfirmed(ctx context.Context, f *config.File, reason string, err error) record.Safe {
	bare := *f
	bare.Sensors = nil
	s := one(ctx, &bare, reason)
	for i := range s.Outputs {
		if o := &s.Outputs[i]; o.Error == "" {
			o.Error = err.Error()
		}
	}
	return s
}

// each yields, for each real supply, a bench file with that supply alone and its rails and sensors, and one for each
// real switch.
func each(f *config.File) func(func(*config.File) bool) {
	return func(yield func(*config.File) bool) {
		for role, c := range f.Switches {
			if !config.IsVirtual(c.Pin) && !yield(&config.File{Switches: map[string]config.Switch{role: c}}) {
				return
			}
		}
		for role, c := range f.Supplies {
			if !config.IsVirtual(c.Address) && !yield(supplyAlone(f, role, c)) {
				return
			}
		}
	}
}

func supplyAlone(f *config.File, role string, c config.Supply) *config.File {
	part := &config.File{
		Supplies: map[string]config.Supply{role: c},
		Rails:    map[string]config.Rail{},
		Sensors:  map[string]config.Sensor{},
	}
	for name, r := range f.Rails {
		if r.Supply != role {
			continue
		}
		part.Rails[name] = r
		if s, ok := f.Sensors[r.Sensor]; ok && !config.IsVirtual(s.Address) {
			part.Sensors[r.Sensor] = s
		}
	}
	return part
}
