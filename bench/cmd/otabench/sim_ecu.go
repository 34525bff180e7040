package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"
	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/can"
	"otabench/can/dial"
	"otabench/can/trace"
	"otabench/ecu/firmware"
	ecusim "otabench/ecu/sim"
	"otabench/ecu/sim/described"
	"otabench/ecu/sim/inverter"
)

// ecuOptions are the flags of sim ecu.
type ecuOptions struct {
	bus, role, volts, flash string

	described              bool
	replay, replayBus, pkg string
}

func (a *app) simECU() *cobra.Command {
	var o ecuOptions
	c := &cobra.Command{
		Use:   "ecu",
		Short: "Run a simulated ECU on a CAN bus until interrupted",
		Long: `Run a simulated ECU on a CAN bus until interrupted. It is the ECU that the bench file describes, the embedded bench's
if there is no bench file. It trusts the key of the example packages and starts with the example software "current".
Its console goes to standard output.

With --described there is nothing behind it but the description in the bench file: it is addressed, unlocked and
programmed as that says, whatever maker's it is. With --replay it answers what the real ECU answers in a trace of any
format. Its first line of output says that it listens.`,
		Example: `  otabench sim ecu --can vcan0
  otabench sim ecu --can socketcan:can1 -b bench.yaml --role bcm --flash bcm.flash
  otabench sim ecu --can vcan0 -b bench.yaml --role cluster --described --package current
  otabench sim ecu --can vcan0 -b bench.yaml --role cluster --described --replay drive.blf --replay-bus 1`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runECU(c.Context(), o) },
	}
	f := c.Flags()
	f.StringVar(&o.bus, "can", "", "bus: "+dial.Accepted)
	f.StringVar(&o.role, "role", "", "role of the ECU in the bench file; the first by name if left out")
	f.StringVar(&o.volts, "volts", "13.5V", "its supply voltage, which never changes")
	f.StringVar(&o.flash, "flash", "", "file that keeps the flash contents; none if left out")
	f.BoolVar(&o.described, "described", false, "make it of its description alone")
	f.StringVar(&o.replay, "replay", "", "trace of a real ECU whose answers are given again; for --described")
	f.StringVar(&o.replayBus, "replay-bus", "", "name of its bus in the trace; any if left out")
	f.StringVar(&o.pkg, "package", "", "software that it has at first, as the role of a package in the bench file or as a file; for --described")
	return c
}

// check finds flags that do not go together.
func (o ecuOptions) check() error {
	switch {
	case o.bus == "":
		return usage("--can is missing; want %s", dial.Accepted)
	case !o.described && (o.replay != "" || o.pkg != ""):
		return usage("--replay and --package are for an ECU that is made of its description; add --described")
	case o.replay == "" && o.replayBus != "":
		return usage("--replay-bus: there is no trace; add --replay")
	case o.described && o.flash != "":
		return usage("--flash: an ECU that is made of its description keeps nothing in a file")
	}
	return nil
}

func (a *app) runECU(ctx context.Context, o ecuOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	var terminal physic.ElectricPotential
	if err := terminal.Set(o.volts); err != nil {
		return usage("--volts %q: %v; want a voltage with its unit, such as 12V", o.volts, err)
	}
	f, role, err := a.simulated(o.role)
	if err != nil {
		return err
	}
	build := a.whole
	switch o.described = o.described || f.Describes(role); {
	case o.described:
		build = a.described
	case f.Model(role) != "":
		build = a.inverter
	}
	// What is wrong with the bench file is said before the bus is opened.
	attach, err := build(f, role, o)
	if err != nil {
		return err
	}
	bus, err := dial.Dialer{}.Dial(ctx, o.bus)
	if err != nil {
		return err
	}
	defer bus.Close()
	unit, err := attach(bus, ecusim.Fixed(terminal))
	if err != nil {
		return usage("%w", err)
	}
	if err := unit.Start(ctx); err != nil {
		return err
	}
	if o.described || f.Model(role) != "" { // and has no console that would say so
		fmt.Fprintf(a.out, "%s listens on %v\n", role, bus)
	}
	<-ctx.Done()
	return unit.Close()
}

// simulated finds the ECU of a role in the bench file, the first one if it is empty.
func (a *app) simulated(role string) (*config.File, string, error) {
	f, _, err := a.file()
	if err != nil {
		return nil, "", err
	}
	roles := slices.Sorted(maps.Keys(f.ECUs))
	if role == "" {
		role = roles[0]
	}
	if !slices.Contains(roles, role) {
		return nil, "", usage("the bench file has no ECU %q; it has %v", role, roles)
	}
	return f, role, nil
}

// simulation is a simulated ECU of any kind.
type simulation interface {
	Start(ctx context.Context) error
	Close() error
}

// attach puts a simulated ECU on a bus.
type attach func(can.Bus, ecusim.Terminal) (simulation, error)

// whole is an ECU with everything that package sim has.
func (a *app) whole(f *config.File, role string, o ecuOptions) (attach, error) {
	cfg, err := embedded.Manufacture(f, role)
	if err != nil {
		return nil, err
	}
	if a.bench == "" {
		cfg.Gates.MinCharge = new(float64) // nobody sends the embedded bench's battery message here
	}
	cfg.Flash.File = o.flash
	return func(bus can.Bus, t ecusim.Terminal) (simulation, error) { return ecusim.New(cfg, bus, t, a.out) }, nil
}

// inverter is an ECU that is what it is.
func (*app) inverter(f *config.File, role string, _ ecuOptions) (attach, error) {
	cfg, err := embedded.Inverter(f, role)
	if err != nil {
		return nil, err
	}
	return func(bus can.Bus, t ecusim.Terminal) (simulation, error) { return inverter.New(cfg, bus, t) }, nil
}

// described is an ECU made of its description, and of a trace.
func (a *app) described(f *config.File, role string, o ecuOptions) (attach, error) {
	cfg, err := embedded.Describe(f, role)
	if err := a.damaged(err, cfg.Recorded); err != nil {
		return nil, err
	}
	if o.replay != "" {
		cfg.Recorded, err = embedded.Replay(f, role, o.replay, o.replayBus)
		if err := a.damaged(err, cfg.Recorded); err != nil {
			return nil, err
		}
	}
	if o.pkg != "" {
		set, err := packagesOf(f, a.bench, role)
		if err != nil {
			return nil, err
		}
		if cfg.Factory, err = chosen(func(r string) *firmware.Package { return set[r] }, o.pkg); err != nil {
			return nil, err
		}
	}
	return func(bus can.Bus, t ecusim.Terminal) (simulation, error) { return described.New(cfg, bus, t) }, nil
}

// damaged tells of a damaged trace of which there is a part to be replayed, and returns all other errors.
func (a *app) damaged(err error, recorded *described.Recording) error {
	switch {
	case err == nil:
		return nil
	case recorded.Answers() > 0 && (errors.Is(err, trace.ErrTruncated) || errors.Is(err, trace.ErrCorrupt)):
		fmt.Fprintf(a.errs, "%v; what comes before is replayed\n", err)
		return nil
	}
	return usage("%w", err)
}
