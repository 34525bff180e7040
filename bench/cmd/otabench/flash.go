package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"otabench/bench"
	"otabench/bench/example"
	"otabench/ecu/firmware"
	"otabench/ecu/flash"
	"otabench/ecu/security"
)

func (a *app) flash() *cobra.Command {
	var dry, noConfirm, resume bool
	c := &cobra.Command{
		Use:   "flash ECU PACKAGE",
		Short: "Install a firmware package, or make one",
		Long: `Install a firmware package in an ECU of the bench: program it, restart the ECU, check the version that runs, confirm.
PACKAGE is a file, or the role of a package in the bench file.`,
		Example: `  otabench flash bcm next
  otabench flash bcm release-1.1.otapkg --dry-run
  otabench flash campaign gateway=next inverter=next
  otabench flash example -o packages --ecu BCM --hardware BCM-HW-2
  otabench flash show packages/next.otapkg --key packages/example.pub.pem`,
		Args: cobra.ExactArgs(2),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return a.completeECUs(args), cobra.ShellCompDirectiveDefault
		},
		RunE: func(c *cobra.Command, args []string) error {
			if dry {
				return a.plan(c.Context(), args[0], args[1])
			}
			return a.install(c.Context(), args[0], args[1], resume, !noConfirm)
		},
	}
	c.Flags().BoolVar(&dry, "dry-run", false, "print the requests that would be sent, and send nothing")
	c.Flags().BoolVar(&noConfirm, "no-confirm", false, "leave the new software on trial")
	c.Flags().BoolVar(&resume, "resume", false, "go on where an update with the same package was interrupted, if the ECU can tell where")
	c.AddCommand(a.flashCampaign(), a.flashExample(), a.flashShow())
	return c
}

// chosen finds a package by its role in the bench file, or in a file.
func chosen(role func(string) *firmware.Package, name string) (*firmware.Package, error) {
	if p := role(name); p != nil {
		return p, nil
	}
	p, err := firmware.Load(name)
	if err != nil {
		return nil, usage("%w", err)
	}
	return p, nil
}

func (a *app) install(ctx context.Context, role, name string, resume, confirm bool) error {
	return a.withECU(ctx, role, func(ctx context.Context, e *bench.ECU) error {
		p, err := packageOf(e, name)
		if err != nil {
			return err
		}
		stop := e.OnProgress(a.showProgress())
		defer stop()
		install := e.Install
		if resume {
			install = e.Resume
		}
		if err := install(ctx, p); err != nil {
			return flashError(err)
		}
		if confirm {
			if err := e.Confirm(ctx); err != nil {
				return flashError(err)
			}
		}
		id, err := e.Identify(ctx)
		if err != nil {
			return err
		}
		return a.print(identityRow(id), func(w io.Writer) { fmt.Fprintf(w, "\n%s\n", printable(id.String())) })
	})
}

// flashError tells what the package or the ECU is to blame for from a fault of the bench.
func flashError(err error) error {
	if errors.Is(err, flash.ErrPackage) {
		return &status{exitUsage, err}
	}
	return refusal(err)
}

// showProgress prints phases, and on a terminal the bytes of a transfer.
func (a *app) showProgress() func(flash.Progress) {
	last := ""
	return func(p flash.Progress) {
		line := p.ECU + " " + p.Phase.String()
		if p.Block != "" {
			line += " " + p.Block
		}
		switch {
		case colours(a.errs) && p.Total > 0:
			fmt.Fprintf(a.errs, "\r\x1b[K%-24s %3d %%  %d of %d bytes, %.0f KiB/s, %.0f s left",
				line, 100*p.Done/p.Total, p.Done, p.Total, p.Rate/1024, p.Remaining.Seconds())
		case line != last:
			fmt.Fprintln(a.errs, line)
		}
		last = line
	}
}

func (a *app) plan(ctx context.Context, role, name string) error {
	f, _, err := a.file()
	if err != nil {
		return err
	}
	e, ok := f.ECUs[role]
	if !ok {
		return usage("the bench file has no ECU %q", role)
	}
	set, err := packagesOf(f, a.bench, role)
	if err != nil {
		return err
	}
	p, err := chosen(func(r string) *firmware.Package { return set[r] }, name)
	if err != nil {
		return err
	}
	requests, err := flash.Plan(ctx, e.Description, p, security.Checksum(e.Description))
	if err != nil {
		return usage("%w", err)
	}
	return a.print(requests, func(w io.Writer) {
		for _, r := range requests {
			fmt.Fprintln(w, r)
		}
	})
}

func (a *app) flashExample() *cobra.Command {
	var dir, ecu, hardware, maker string
	c := &cobra.Command{
		Use:   "example",
		Short: "Write example packages and the key that verifies them",
		Long: `Write firmware packages for a simulated ECU: releases, and packages that an ECU has to refuse or to recover from.
Their signing key is public knowledge and protects nothing. With --maker the releases are a maker's own files (VBF, Intel
HEX), for the ECUs of the example bench with three makers.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if maker != "" {
				return a.writeReleases(dir, maker)
			}
			return a.writeExamples(dir, ecu, hardware)
		},
	}
	c.Flags().StringVarP(&dir, "output", "o", "packages", "folder")
	c.Flags().StringVar(&ecu, "ecu", "BCM", "name of the ECU")
	c.Flags().StringVar(&hardware, "hardware", "BCM-HW-2", "its hardware number")
	c.Flags().StringVar(&maker, "maker", "", fmt.Sprintf("one of %v, in place of signed packages", example.Makers()))
	return c
}

func (a *app) writeExamples(dir, ecu, hardware string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fault("make the folder: %w", err)
	}
	names, about := example.Names()
	for _, name := range names {
		p, err := example.Package(name, ecu, hardware)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, name+".otapkg")
		if err := firmware.WriteFile(path, p); err != nil {
			return fault("%w", err)
		}
		fmt.Fprintf(a.out, "%s  %s\n", path, about[name])
	}
	key := filepath.Join(dir, "example.pub.pem")
	if err := firmware.WritePublicKey(key, firmware.PublicKey(example.Key())); err != nil {
		return fault("%w", err)
	}
	fmt.Fprintf(a.out, "%s  verifies them\n", key)
	return nil
}

func (a *app) writeReleases(dir, maker string) error {
	if !slices.Contains(example.Makers(), maker) {
		return usage("--maker: there is no example maker %q; there are %v", maker, example.Makers())
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fault("make the folder: %w", err)
	}
	paths, err := example.WriteReleases(dir, maker)
	if err != nil {
		return fault("%w", err)
	}
	for _, path := range paths {
		fmt.Fprintln(a.out, path)
	}
	return nil
}

func (a *app) flashShow() *cobra.Command {
	var key string
	c := &cobra.Command{
		Use:   "show PACKAGE",
		Short: "Show the manifest of a package, and verify it with a key",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := firmware.Load(args[0])
			if err != nil {
				return usage("%w", err)
			}
			if key != "" {
				public, err := firmware.ReadPublicKey(key)
				if err != nil {
					return usage("%w", err)
				}
				if err := p.Verify(public); err != nil {
					return &status{exitFailed, fmt.Errorf("%s: %w", args[0], err)}
				}
			}
			return a.print(p.Manifest, func(w io.Writer) { fmt.Fprintln(w, printable(p.String())) })
		},
	}
	c.Flags().StringVar(&key, "key", "", "public key in PEM")
	return c
}
