package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/spf13/cobra"
	"periph.io/x/conn/v3/physic"

	"otabench/bench/example"
	"otabench/can/dial"
	"otabench/ecu/firmware"
	ecusim "otabench/ecu/sim"
	powersim "otabench/power/sim"
)

func (a *app) sim() *cobra.Command {
	c := &cobra.Command{
		Use:   "sim",
		Short: "Run a simulated ECU or supply by itself",
		Args:  cobra.NoArgs,
		RunE:  needSubcommand,
	}
	c.AddCommand(a.simECU(), a.simSupply())
	return c
}

func (a *app) simECU() *cobra.Command {
	var bus, volts string
	cfg := ecusim.Config{}
	c := &cobra.Command{
		Use:   "ecu",
		Short: "Run a simulated ECU on a CAN bus until interrupted",
		Long: `Run a simulated ECU on a CAN bus until interrupted. Its console goes to standard output. It trusts the key of the
example packages and starts with the example software "current".`,
		Example: `  otabench sim ecu --can vcan0
  otabench sim ecu --can socketcan:can1 --name BCM --hardware BCM-HW-2 --flash bcm.flash`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runECU(c.Context(), cfg, bus, volts) },
	}
	f := c.Flags()
	f.StringVar(&bus, "can", "", "bus: "+dial.Accepted)
	f.StringVar(&volts, "volts", "13.5V", "its supply voltage, which never changes")
	f.StringVar(&cfg.Name, "name", "BCM", "system name (DID 0xF197)")
	f.StringVar(&cfg.Hardware, "hardware", "BCM-HW-2", "hardware number (DID 0xF191)")
	f.Uint32Var(&cfg.Address.Request, "request", 0x7E0, "CAN identifier of requests")
	f.Uint32Var(&cfg.Address.Response, "response", 0x7E8, "CAN identifier of responses")
	f.StringVar(&cfg.Flash.File, "flash", "", "file that keeps the flash contents; none if left out")
	return c
}

func (a *app) runECU(ctx context.Context, cfg ecusim.Config, address, volts string) error {
	if address == "" {
		return usage("--can is missing; want %s", dial.Accepted)
	}
	var terminal physic.ElectricPotential
	if err := terminal.Set(volts); err != nil {
		return usage("--volts %q: %v", volts, err)
	}
	factory, err := example.Package("current", cfg.Name, cfg.Hardware)
	if err != nil {
		return err
	}
	cfg.Factory, cfg.TrustedKey = factory, firmware.PublicKey(example.Key())
	cfg.Gates.MinCharge = new(float64) // no battery message comes here
	bus, err := dial.Dialer{}.Dial(ctx, address)
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
