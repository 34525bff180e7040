package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/power"
)

func (a *app) power() *cobra.Command {
	c := &cobra.Command{
		Use:   "power",
		Short: "Switch and measure the rails of a bench by hand",
		Example: `  otabench power -b bench.yaml measure
  otabench power -b bench.yaml on kl30 --volts 12V
  otabench power -b bench.yaml set kl30 9V
  otabench power -b bench.yaml watch
  otabench power -b bench.yaml off`,
		Args: cobra.NoArgs,
		RunE: needSubcommand,
	}
	var volts string
	on := &cobra.Command{
		Use:               "on RAIL",
		Short:             "Set limits and voltage, read them back, energise the rail",
		Long:              "Set limits and voltage, read them back, and energise the rail. It stays on until \"power off\"; if anything\nfails it is switched off again.",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: a.completeRails,
		RunE: func(c *cobra.Command, args []string) error {
			return a.withPower(c.Context(), func(ctx context.Context, f *config.File, p *equipment.Power) error {
				return a.powerOn(ctx, f, p, args[0], volts)
			})
		},
	}
	on.Flags().StringVar(&volts, "volts", "", "voltage such as 12V; the rail's nominal voltage if left out")
	off := &cobra.Command{
		Use:   "off",
		Short: "Bring all switches to rest, switch all outputs off, and verify it",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withPower(c.Context(), func(ctx context.Context, _ *config.File, p *equipment.Power) error {
				safe := p.MakeSafe(ctx, "otabench power off", "by hand")
				if err := a.print(safe, func(w io.Writer) { printSafe(w, safe) }); err != nil {
					return err
				}
				if !equipment.IsSafe(safe) {
					return fault("not all outputs are off: %s", problems(safe))
				}
				return nil
			})
		},
	}
	measure := &cobra.Command{
		Use:               "measure [RAIL...]",
		Short:             "Measure rails with their sensors and with the supplies' own meters",
		ValidArgsFunction: a.completeRails,
		RunE: func(c *cobra.Command, args []string) error {
			return a.withMeters(c.Context(), func(ctx context.Context, f *config.File, p *equipment.Power) error {
				return a.measure(ctx, f, p, args)
			})
		},
	}
	c.AddCommand(on, off, measure, a.powerSet(), a.powerWatch(), a.powerProfile(), a.powerPlay())
	return c
}

// needSubcommand is for commands that do nothing by themselves.
func needSubcommand(c *cobra.Command, _ []string) error {
	return usage("%s needs a subcommand; see %s --help", c.Name(), c.CommandPath())
}

func (a *app) completeRails(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	f, _, err := a.file()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return slices.Sorted(maps.Keys(f.Rails)), cobra.ShellCompDirectiveNoFileComp
}

// powerFunc does something with the power equipment of a bench.
type powerFunc func(context.Context, *config.File, *equipment.Power) error

// withPower opens the real power equipment of the bench file. The embedded bench's lives only as long as a command.
func (a *app) withPower(ctx context.Context, do powerFunc) error {
	return a.openPower(ctx, true, do)
}

// withMeters is withPower for those who only measure: it takes no switch in hand, so that everything stays as it is.
func (a *app) withMeters(ctx context.Context, do powerFunc) error {
	return a.openPower(ctx, false, do)
}

func (a *app) openPower(ctx context.Context, switches bool, do powerFunc) error {
	f, _, err := a.file()
	if err != nil {
		return err
	}
	virtual, closeSim, err := simulated(f)
	if err != nil {
		return err
	}
	defer closeSim()
	opened := *f
	if !switches {
		opened.Switches = nil
	}
	p, err := equipment.Open(ctx, &opened, virtual)
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, f, p), p.Close())
}

func (a *app) powerOn(ctx context.Context, f *config.File, p *equipment.Power, rail, volts string) (failed error) {
	r, ok := f.Rails[rail]
	if !ok {
		return usage("the bench file has no rail %q; it has %v", rail, slices.Sorted(maps.Keys(f.Rails)))
	}
	v := r.Nominal
	if volts != "" {
		if err := v.Set(volts); err != nil {
			return usage("--volts %q: %v; want a voltage with its unit, such as 12V", volts, err)
		}
	}
	if err := a.releaseWatchdog(ctx, p.Supplies[r.Supply]); err != nil {
		return err
	}
	out, err := power.Limit(ctx, p.Channels[rail], limitsOf(r))
	if err != nil {
		return limitError(err)
	}
	// It outlives the command only if the user has been told what is on.
	stays := false
	defer func() {
		if !stays {
			failed = errors.Join(failed, cutOff(ctx, out, p.Switches[r.Switch]))
		}
	}()
	if err := out.On(ctx, v); err != nil {
		return limitError(err)
	}
	if s, ok := p.Switches[r.Switch]; ok {
		if err := s.Make(); err != nil {
			return err
		}
	}
	if err := settle(ctx, p.Channels[rail], v); err != nil {
		return err
	}
	if err := a.measure(ctx, f, p, []string{rail}); err != nil {
		return err
	}
	stays = true
	return nil
}

// cutOff opens the switch in a line, if there is one, and switches its output off, whatever comes of the switch.
func cutOff(ctx context.Context, out *power.Output, s power.Switch) error {
	var broken error
	if s != nil {
		broken = s.Break()
	}
	return errors.Join(broken, out.Off(ctx))
}

// releaseWatchdog disarms a watchdog that a run which was killed has left armed: nobody would keep it quiet, and it would
// switch off what is switched on by hand.
func (a *app) releaseWatchdog(ctx context.Context, s power.Supply) error {
	dog, ok := s.(power.Watchdog)
	if !ok {
		return nil
	}
	armed, silence, err := dog.WatchdogArmed(ctx)
	if err != nil || !armed {
		return err
	}
	fmt.Fprintf(a.errs, "otabench: the watchdog of %v was still armed with %v, perhaps by a run that was killed; it is disarmed now\n", s, silence)
	return dog.DisarmWatchdog(ctx)
}

const (
	settling = 2 * time.Second
	look     = 20 * time.Millisecond // a meter gives no event
)

// settle waits until the supply's meter shows v within 2 %, which may take as long as it needs to refresh. An output that
// does not get there, because its current limit holds it down, is left for the reading to show.
func settle(ctx context.Context, c power.Channel, v physic.ElectricPotential) error {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for start := time.Now(); time.Since(start) < settling; {
		r, err := c.Measure(ctx)
		if err != nil || r.Voltage >= v-v/50 && r.Voltage <= v+v/50 {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// limitError tells a wish outside the limits, which is the user's, from a fault of the bench.
func limitError(err error) error {
	if errors.Is(err, power.ErrLimit) {
		return &status{exitUsage, err}
	}
	return err
}

// railReading is one row of measure.
type railReading struct {
	Rail   string  `json:"rail"`
	Source string  `json:"source"`
	Volts  float64 `json:"v"`
	Amps   float64 `json:"a"`
	On     bool    `json:"on"`
	Trip   string  `json:"trip"`
}

func (a *app) measure(ctx context.Context, f *config.File, p *equipment.Power, rails []string) error {
	if len(rails) == 0 {
		rails = slices.Sorted(maps.Keys(f.Rails))
	}
	var rows []railReading
	for _, rail := range rails {
		c, ok := p.Channels[rail]
		if !ok {
			return usage("the bench file has no rail %q; it has %v", rail, slices.Sorted(maps.Keys(f.Rails)))
		}
		settings, err := c.Settings(ctx)
		if err != nil {
			return err
		}
		trip, err := c.Tripped(ctx)
		if err != nil {
			return err
		}
		meter, err := c.Measure(ctx)
		if err != nil {
			return err
		}
		rows = append(rows, row(rail, f.Rails[rail].Supply, meter, settings, trip))
		if s, ok := p.Sensors[f.Rails[rail].Sensor]; ok {
			r, err := s.Sense(ctx)
			if err != nil {
				return err
			}
			rows = append(rows, row(rail, f.Rails[rail].Sensor, r, settings, trip))
		}
	}
	return a.print(rows, func(w io.Writer) {
		for _, r := range rows {
			state := "off"
			if r.On {
				state = "on"
			}
			fmt.Fprintf(w, "%-10s %8.3f V %8.3f A  %-3s  trip %s  (by %s)\n", r.Rail, r.Volts, r.Amps, state, r.Trip, r.Source)
		}
	})
}

func row(rail, source string, r power.Reading, s power.Settings, t power.Trip) railReading {
	return railReading{
		Rail: rail, Source: source,
		Volts: float64(r.Voltage) / float64(physic.Volt), Amps: float64(r.Current) / float64(physic.Ampere),
		On: s.On, Trip: t.String(),
	}
}
