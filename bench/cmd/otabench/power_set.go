package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"
	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/power"
)

func (a *app) powerSet() *cobra.Command {
	return &cobra.Command{
		Use:   "set RAIL VOLTS",
		Short: "Change the voltage of a rail, on or off",
		Long: `Change the voltage of a rail within its limits. An output that is on stays on, if its limits are those of the
bench file, and its switch is closed; one that is off gets its limits and stays off.`,
		Example: `  otabench power -b bench.yaml on kl30
  otabench power -b bench.yaml set kl30 9V`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: a.completeRails,
		RunE: func(c *cobra.Command, args []string) error {
			return a.withPower(c.Context(), func(ctx context.Context, f *config.File, p *equipment.Power) error {
				return a.setVoltage(ctx, f, p, args[0], args[1])
			})
		},
	}
}

func (a *app) setVoltage(ctx context.Context, f *config.File, p *equipment.Power, rail, volts string) error {
	r, ok := f.Rails[rail]
	if !ok {
		return usage("the bench file has no rail %q; it has %v", rail, slices.Sorted(maps.Keys(f.Rails)))
	}
	var v physic.ElectricPotential
	if err := v.Set(volts); err != nil {
		return usage("%q: %v; want a voltage with its unit, such as 12V", volts, err)
	}
	before, err := p.Channels[rail].Settings(ctx)
	if err != nil {
		return err
	}
	take := power.Limit // which leaves it off
	if before.On {
		take = power.Adopt
	}
	out, err := take(ctx, p.Channels[rail], limitsOf(r))
	if err != nil {
		return limitError(err)
	}
	if err := out.Set(ctx, v); err != nil {
		return limitError(err)
	}
	if s, ok := p.Switches[r.Switch]; ok && before.On {
		if err := s.Make(); err != nil {
			return fmt.Errorf("%s is at %v: %w", rail, v, err)
		}
	}
	if before.On {
		if err := settle(ctx, p.Channels[rail], v); err != nil {
			return err
		}
	}
	return a.measure(ctx, f, p, []string{rail})
}

func limitsOf(r config.Rail) power.Limits {
	l := r.Limits
	return power.Limits{Voltage: l.Voltage, Current: l.Current, OVP: l.OVP, OCP: l.OCP}
}
