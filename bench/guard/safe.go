package guard

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

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
		one := <-found
		safe.Outputs = append(safe.Outputs, one.Outputs...)
		safe.Armed = append(safe.Armed, one.Armed...)
	}
	slices.Sort(safe.Armed)
	slices.SortFunc(safe.Outputs, func(a, b record.SafeOutput) int { return cmp.Compare(a.Device, b.Device) })
	return safe
}

// one makes one part of the bench safe. Its sensors only confirm, and are opened by themselves: one that fails keeps no
// output on, and one that works has its say even if the supply has none.
func one(ctx context.Context, f *config.File, reason string) record.Safe {
	bare := *f
	bare.Sensors = nil
	safe := switchOff(ctx, &bare, reason)
	var all sync.WaitGroup
	for i := range safe.Outputs {
		o := &safe.Outputs[i]
		if c, ok := f.Sensors[f.Rails[o.Device].Sensor]; ok {
			all.Go(func() { confirm(ctx, f.Rails[o.Device], c, o) })
		}
	}
	all.Wait()
	return safe
}

func switchOff(ctx context.Context, f *config.File, reason string) record.Safe {
	p, err := equipment.OpenShared(ctx, f, nil)
	if err != nil {
		var lost record.Safe
		for _, role := range slices.Concat(slices.Collect(maps.Keys(f.Rails)), slices.Collect(maps.Keys(f.Switches))) {
			lost.Outputs = append(lost.Outputs, record.SafeOutput{Device: role, Error: err.Error()})
		}
		return lost
	}
	defer p.Close()
	return p.MakeSafe(ctx, "guard", reason)
}

// confirm asks a sensor about an output, also when switching off has used up all the time.
func confirm(ctx context.Context, r config.Rail, c config.Sensor, o *record.SafeOutput) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), confirmation+r.DischargeTime())
	defer cancel()
	p, err := equipment.Open(ctx, &config.File{Sensors: map[string]config.Sensor{r.Sensor: c}}, nil)
	if err != nil {
		o.Sensor = r.Sensor
		o.Error = strings.TrimPrefix(o.Error+"\n"+err.Error(), "\n")
		return
	}
	defer p.Close()
	p.Confirm(ctx, r, o)
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
