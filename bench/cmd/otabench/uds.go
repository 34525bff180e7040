package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"otabench/bench"
	"otabench/ecu"
	"otabench/ecu/uds"
)

func (a *app) uds() *cobra.Command {
	c := &cobra.Command{
		Use:   "uds",
		Short: "Talk to an ECU of the bench by hand, and describe it",
		Long: `Power an ECU of the bench, talk to it, and switch everything off again.
Only import needs no bench: it makes the description of an ECU from its maker's files.`,
		Example: `  otabench uds identify bcm
  otabench uds read bcm vin
  otabench uds read bcm 0xF189 software_version
  otabench uds send bcm 22 F1 90
  otabench uds scan bcm
  otabench uds conformance bcm
  otabench uds import bcm.pdx --output ecus/bcm.yaml`,
		Args: cobra.NoArgs,
		RunE: needSubcommand,
	}
	c.AddCommand(
		&cobra.Command{
			Use: "identify ECU", Short: "Read who an ECU is and what runs in it",
			Args: cobra.ExactArgs(1), ValidArgsFunction: a.completeECU,
			RunE: func(c *cobra.Command, args []string) error { return a.identify(c.Context(), args[0]) },
		},
		&cobra.Command{
			Use: "read ECU IDENTIFIER...", Short: "Read data identifiers by name or number",
			Args: cobra.MinimumNArgs(2), ValidArgsFunction: a.completeECU,
			RunE: func(c *cobra.Command, args []string) error { return a.readDIDs(c.Context(), args[0], args[1:]) },
		},
		&cobra.Command{
			Use: "send ECU BYTES", Short: "Send a request in hexadecimal and print the response",
			Args: cobra.MinimumNArgs(2), ValidArgsFunction: a.completeECU,
			RunE: func(c *cobra.Command, args []string) error { return a.send(c.Context(), args[0], args[1:]) },
		},
	)
	c.AddCommand(a.udsScan(), a.udsConformance(), a.udsImport())
	return c
}

// completeECU completes an ECU as first argument, and nothing behind it.
func (a *app) completeECU(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	return a.completeECUs(args), cobra.ShellCompDirectiveNoFileComp
}

func (a *app) identify(ctx context.Context, role string) error {
	return a.withECU(ctx, role, func(ctx context.Context, e *bench.ECU) error {
		id, err := e.Identify(ctx)
		if err != nil {
			return err
		}
		return a.print(identityRow(id), func(w io.Writer) { fmt.Fprintln(w, printable(id.String())) })
	})
}

// identityRow gives an identity the names that scripts see.
func identityRow(id ecu.Identity) map[string]any {
	return map[string]any{
		"name": id.Name, "serial": id.Serial, "hardware": id.Hardware, "software": id.Software, "vin": id.VIN,
		"rxswin": id.RXSWIN, "slot": id.Slot, "boot_state": id.BootState, "security_counter": id.Counter,
	}
}

func (a *app) readDIDs(ctx context.Context, role string, names []string) error {
	return a.withECU(ctx, role, func(ctx context.Context, e *bench.ECU) error {
		values := map[string]string{}
		for _, name := range names {
			if _, _, err := e.Description().Identifier(name); err != nil {
				return usage("%w", err)
			}
			value, err := e.ReadDID(ctx, name)
			if err != nil {
				return refusal(err)
			}
			values[name] = value
		}
		return a.print(values, func(w io.Writer) {
			for _, name := range names {
				fmt.Fprintf(w, "%s: %s\n", name, printable(values[name]))
			}
		})
	})
}

func (a *app) send(ctx context.Context, role string, text []string) error {
	request, err := hex.DecodeString(strings.ReplaceAll(strings.Join(text, ""), " ", ""))
	if err != nil || len(request) == 0 {
		return usage("%q is not a request in hexadecimal, such as 22 F1 90", strings.Join(text, " "))
	}
	return a.withECU(ctx, role, func(ctx context.Context, e *bench.ECU) error {
		response, err := e.Client().Do(ctx, request)
		if err != nil {
			return refusal(err)
		}
		type answer struct {
			Response string `json:"response"`
			Meaning  string `json:"meaning"`
		}
		return a.print(answer{hex.EncodeToString(response), uds.Describe(response)}, func(w io.Writer) {
			fmt.Fprintf(w, "% X\n%s\n", response, uds.Describe(response))
		})
	})
}

// refusal tells an ECU's refusal, which is a result, from a fault of the bench.
func refusal(err error) error {
	var negative *uds.NegativeResponse
	if errors.As(err, &negative) || errors.Is(err, ecu.ErrRejected) || errors.Is(err, ecu.ErrPreconditions) {
		return &status{exitFailed, err}
	}
	return err
}
