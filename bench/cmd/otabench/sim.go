package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/spf13/cobra"

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
	f.StringVar(&model, "model", "rigol-dp832", "one of "+strings.Join(powersim.Models(), ", "))
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
