package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"periph.io/x/conn/v3/physic"

	"otabench/bench/embedded"
	"otabench/can/dial"
	ecusim "otabench/ecu/sim"
	powersim "otabench/power/sim"
)

func (a *app) sim() *cobra.Command {
	c := &cobra.Command{
		Use:   "sim",
		Short: "Run a simulated ECU, bus or supply by itself",
		Args:  cobra.NoArgs,
		RunE:  needSubcommand,
	}
	c.AddCommand(a.simECU(), a.simBus(), a.simSupply())
	return c
}

// ecuOptions are the flags of sim ecu.
type ecuOptions struct {
	bus, role, volts, flash string
}

func (a *app) simECU() *cobra.Command {
	var o ecuOptions
	c := &cobra.Command{
		Use:   "ecu",
		Short: "Run a simulated ECU on a CAN bus until interrupted",
		Long: `Run a simulated ECU on a CAN bus until interrupted. It is the ECU that the bench file describes, the embedded bench's
if there is no bench file. It trusts the key of the example packages and starts with the example software "current".
Its console goes to standard output.`,
		Example: `  otabench sim ecu --can vcan0
  otabench sim ecu --can socketcan:can1 -b bench.yaml --role bcm --flash bcm.flash`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runECU(c.Context(), o) },
	}
	f := c.Flags()
	f.StringVar(&o.bus, "can", "", "bus: "+dial.Accepted)
	f.StringVar(&o.role, "role", "", "role of the ECU in the bench file; the first by name if left out")
	f.StringVar(&o.volts, "volts", "13.5V", "its supply voltage, which never changes")
	f.StringVar(&o.flash, "flash", "", "file that keeps the flash contents; none if left out")
	return c
}

func (a *app) runECU(ctx context.Context, o ecuOptions) error {
	if o.bus == "" {
		return usage("--can is missing; want %s", dial.Accepted)
	}
	var terminal physic.ElectricPotential
	if err := terminal.Set(o.volts); err != nil {
		return usage("--volts %q: %v; want a voltage with its unit, such as 12V", o.volts, err)
	}
	cfg, err := a.simulatedECU(o.role)
	if err != nil {
		return err
	}
	cfg.Flash.File = o.flash
	bus, err := dial.Dialer{}.Dial(ctx, o.bus)
	if err != nil {
		return err
	}
	defer bus.Close()
	unit, err := ecusim.New(cfg, bus, ecusim.Fixed(terminal), a.out)
	if err != nil {
		return usage("%w", err)
	}
	if err := unit.Start(ctx); err != nil {
		return err
	}
	<-ctx.Done()
	return unit.Close()
}

// simulatedECU configures the ECU of a role of the bench file.
func (a *app) simulatedECU(role string) (ecusim.Config, error) {
	f, _, err := a.file()
	if err != nil {
		return ecusim.Config{}, err
	}
	roles := slices.Sorted(maps.Keys(f.ECUs))
	if role == "" {
		role = roles[0]
	}
	if !slices.Contains(roles, role) {
		return ecusim.Config{}, usage("the bench file has no ECU %q; it has %v", role, roles)
	}
	cfg, err := embedded.Manufacture(f, role)
	if a.bench == "" {
		cfg.Gates.MinCharge = new(float64) // nobody sends the embedded bench's battery message here
	}
	return cfg, err
}

func (a *app) simSupply() *cobra.Command {
	var listen, model string
	var pty bool
	c := &cobra.Command{
		Use:   "supply",
		Short: "Run a simulated SCPI supply until interrupted",
		Long: `Run a simulated SCPI supply until interrupted, on a TCP address or on a pseudo terminal. The first line of output is
where it is reached, in the form of a bench file; each further line is a change of an output.`,
		Example: `  otabench sim supply --listen 127.0.0.1:5555 --model rigol-dp832
  otabench sim supply --pty`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if pty == (listen != "") {
				return usage("want either --listen ADDRESS or --pty")
			}
			return a.runSupply(c.Context(), model, listen)
		},
	}
	f := c.Flags()
	f.StringVar(&listen, "listen", "", "TCP address such as 127.0.0.1:5555; port 0 takes a free one")
	f.BoolVar(&pty, "pty", false, "make a pseudo terminal")
	f.StringVar(&model, "model", powersim.Models()[0], fmt.Sprintf("one of %v", powersim.Models()))
	return c
}

func (a *app) runSupply(ctx context.Context, model, listen string) error {
	s, err := powersim.NewSupply(model, powersim.SupplyOptions{Events: func(e string) { fmt.Fprintln(a.out, e) }})
	if err != nil {
		return usage("%w", err)
	}
	if listen == "" {
		return a.servePTY(ctx, s)
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return fault("%w", err)
	}
	fmt.Fprintf(a.out, "tcp:%s\n", l.Addr())
	return ended(ctx, s.ServeListener(ctx, l))
}

func (a *app) servePTY(ctx context.Context, s *powersim.Supply) error {
	master, path, err := powersim.OpenPTY()
	if err != nil {
		return fault("%w", err)
	}
	fmt.Fprintf(a.out, "serial:%s\n", path)
	context.AfterFunc(ctx, func() { _ = master.Close() })
	return ended(ctx, s.Serve(ctx, master))
}

// ended is how a server ends that runs until it is interrupted.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, io.EOF) || errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}
