package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"otabench/bench"
	"otabench/ecu/description"
	"otabench/ecu/scan"
)

// scanOptions are the flags of uds scan.
type scanOptions struct {
	dids, routines     string
	all                bool
	programming, seeds bool
	pause              time.Duration
	file               string
}

func (a *app) udsScan() *cobra.Command {
	var o scanOptions
	c := &cobra.Command{
		Use:   "scan ECU",
		Short: "Find out what an unknown ECU has, gently",
		Long: `Find out which sessions, services, data identifiers, routines and trouble codes an ECU has. The bench file has to say no
more than its address:

  description: {address: {request: 0x7E0, response: 0x7E8}}

The scan is gentle: services are known by their answer to a request that is too short to be carried out, routines by their
answer to a question for results, and the programming session is left alone. With --output, what was found becomes a first
description of the ECU, with what a scan cannot find in comments at its beginning.`,
		Example: `  otabench uds scan -b bench.yaml bcm
  otabench uds scan -b bench.yaml bcm --output ecus/bcm.yaml
  otabench uds scan -b bench.yaml bcm --dids F000-FFFF --routines 0000-FFFF --programming`,
		Args: cobra.ExactArgs(1), ValidArgsFunction: a.completeECU,
		RunE: func(c *cobra.Command, args []string) error { return a.scan(c.Context(), args[0], o) },
	}
	f := c.Flags()
	f.StringVar(&o.dids, "dids", "", "data identifiers to try, such as F100-F1FF,0200; the usual ones if left out")
	f.StringVar(&o.routines, "routines", "", "routines to try; the usual ones if left out")
	f.BoolVar(&o.all, "all", false, "try all identifiers and routines, which takes long")
	f.BoolVar(&o.programming, "programming", false, "enter the programming session as well")
	f.BoolVar(&o.seeds, "seeds", false, "ask for seeds, which the ECU may count as attempts")
	f.DurationVar(&o.pause, "pause", 0, "time between two requests; 5ms if left out")
	f.StringVarP(&o.file, "output", "o", "", "file for a first description")
	_ = c.MarkFlagFilename("output", "yaml", "yml")
	return c
}

func (o scanOptions) parse() (scan.Options, error) {
	opt := scan.Options{Programming: o.programming, Seeds: o.seeds, Pause: o.pause}
	for _, r := range []struct {
		text string
		to   *[]scan.Range
	}{{o.dids, &opt.DIDs}, {o.routines, &opt.Routines}} {
		switch {
		case r.text != "":
			ranges, err := scan.ParseRanges(r.text)
			if err != nil {
				return opt, usage("%w", err)
			}
			*r.to = ranges
		case o.all:
			*r.to = scan.All()
		}
	}
	return opt, nil
}

func (a *app) scan(ctx context.Context, role string, o scanOptions) error {
	opt, err := o.parse()
	if err != nil {
		return err
	}
	opt.Progress = a.showScan()
	return a.withECU(ctx, role, func(ctx context.Context, e *bench.ECU) error {
		report, err := scan.Run(ctx, e.Client(), opt)
		if report.Requests > 0 {
			if err := a.printScan(report); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
		return writeDescription(o.file, report, e.Description())
	})
}

// showScan shows how far a scan has come, on a terminal.
func (a *app) showScan() func(scan.Progress) {
	if !colours(a.errs) {
		return nil
	}
	return func(p scan.Progress) {
		fmt.Fprintf(a.errs, "\r\x1b[Ksession %02X: %s %d of %d", p.Session, p.What, p.Done, p.Total)
		if p.Done == p.Total {
			fmt.Fprint(a.errs, "\r\x1b[K")
		}
	}
}

func (a *app) printScan(r *scan.Report) error {
	return a.print(r, func(w io.Writer) {
		for _, s := range r.Sessions {
			printSession(w, s)
		}
		for _, c := range r.DTCs {
			fmt.Fprintf(w, "trouble code %v\n", c)
		}
		for _, n := range r.Notes {
			fmt.Fprintf(w, "note: %s\n", n)
		}
		fmt.Fprintf(w, "%d requests in %v\n", r.Requests, r.Took.Round(time.Millisecond))
	})
}

func printSession(w io.Writer, s scan.Session) {
	if s.Refused != 0 {
		fmt.Fprintf(w, "session %02X: refused, %v\n", s.Number, s.Refused)
		return
	}
	fmt.Fprintf(w, "session %02X: P2 %v, P2* %v\n", s.Number, s.P2, s.P2Star)
	for _, one := range s.Services {
		fmt.Fprintf(w, "  service %02X %s\n", one.ID, one.Name)
	}
	for _, one := range s.DIDs {
		text := fmt.Sprintf("% X", one.Data)
		if one.Code != 0 {
			text = one.Code.String()
		}
		fmt.Fprintf(w, "  identifier %04X  %s\n", one.ID, text)
	}
	for _, one := range s.Routines {
		fmt.Fprintf(w, "  routine %04X  %v\n", one.ID, one.Code)
	}
	for _, one := range s.Levels {
		fmt.Fprintf(w, "  security level %02X, a seed of %d bytes\n", one.Level, one.Seed)
	}
}

// writeDescription writes the first description of what was found. Only what says how to reach the ECU is taken over.
func writeDescription(path string, r *scan.Report, known description.ECU) error {
	if path == "" {
		return nil
	}
	d, notes := r.Describe(description.ECU{Address: known.Address, Transport: known.Transport})
	text, err := description.Marshal(d, notes...)
	if err != nil {
		return err
	}
	return saveDescription(path, text)
}

// saveDescription writes a description to a new file. One that is there may have been completed by hand.
func saveDescription(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usage("%s exists; give another name", path)
	}
	if err != nil {
		return fault("write the description: %w", err)
	}
	if _, err := file.Write(text); err != nil {
		_ = file.Close()
		return fault("write the description: %w", err)
	}
	return file.Close()
}
