package main

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"otabench/bench/traffic"
	"otabench/can/isotp"
	"otabench/can/signal"
	"otabench/can/trace"
	"otabench/ecu/transcript"
)

// showOptions are the flags of trace show.
type showOptions struct {
	buses, databases, connections []string
	messages                      bool
}

func (a *app) traceShow() *cobra.Command {
	var o showOptions
	c := &cobra.Command{
		Use:   "show TRACE",
		Short: "Print a trace with its diagnostic messages and signals in words",
		Long: `Print a trace: each frame, what it is in ISO-TP, what the message that it completes says in UDS, and the signals of
frames that a DBC file knows. With --bench the file says which ECUs are on which bus, and which DBC file belongs to it;
otherwise the identifiers of ISO 15765-4 are looked for (7E0 to 7EF, 7DF, 18DAxxF1), or what --isotp names.
With --json each frame is one line.`,
		Example: `  otabench trace show runs/last/trace.pcapng
  otabench trace show -b bench.yaml --messages trace.pcapng
  otabench trace show --dbc body=body.dbc --bus body drive.blf
  otabench trace show --isotp 6F1/612 --json drive.asc | jq -r .message.text`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.show(args[0], o) },
	}
	f := c.Flags()
	f.StringArrayVar(&o.buses, "bus", nil, "show this bus only; may be repeated")
	f.StringArrayVar(&o.databases, "dbc", nil, "DBC file, or BUS=FILE for one bus; may be repeated")
	f.StringArrayVar(&o.connections, "isotp", nil, "connection as REQUEST/RESPONSE[/FUNCTIONAL] in hexadecimal, 8 digits for 29 bits")
	f.BoolVar(&o.messages, "messages", false, "print whole diagnostic messages only, and steps")
	_ = c.MarkFlagFilename("dbc", "dbc")
	return c
}

func (a *app) show(path string, o showOptions) error {
	opts, err := a.transcriptOptions(o)
	if err != nil {
		return err
	}
	src, err := openTrace(path)
	if err != nil {
		return err
	}
	defer src.Close()
	out := bufio.NewWriter(a.out)
	v := &viewer{out: out, words: transcript.New(opts), only: o.buses, messages: o.messages}
	show := v.text
	if a.json {
		show = v.json
	}
	for err == nil {
		var r trace.Record
		if r, err = src.Next(); err == nil {
			err = v.record(r, show)
		}
	}
	if flushed := out.Flush(); flushed != nil {
		return flushed
	}
	for _, l := range src.Losses() {
		fmt.Fprintf(a.errs, "otabench: %s: %v\n", path, l)
	}
	return damage(path, err)
}

// transcriptOptions collects what is known of the trace from the bench file and the flags.
func (a *app) transcriptOptions(o showOptions) (transcript.Options, error) {
	var opts transcript.Options
	if a.bench != "" {
		f, _, err := a.file()
		if err != nil {
			return opts, err
		}
		for _, role := range slices.Sorted(maps.Keys(f.ECUs)) {
			e := f.ECUs[role]
			d := e.Description.Address
			opts.Connections = append(opts.Connections, transcript.Connection{
				Name: role, Bus: e.Bus, Address: d.ISOTP(), Functional: d.Functional, FunctionalByte: d.FunctionalByte,
			})
		}
		for _, bus := range slices.Sorted(maps.Keys(f.Buses)) {
			db, err := traffic.Database(f, bus, filepath.Dir(a.bench))
			if err != nil {
				return opts, err
			}
			if db != nil {
				opts.Databases = append(opts.Databases, transcript.Database{Bus: bus, Database: db})
			}
		}
	}
	for _, text := range o.connections {
		c, err := parseConnection(text)
		if err != nil {
			return opts, err
		}
		opts.Connections = append(opts.Connections, c)
	}
	for _, text := range o.databases {
		db, err := readDatabase(text)
		if err != nil {
			return opts, err
		}
		opts.Databases = append(opts.Databases, db)
	}
	return opts, nil
}

// parseConnection reads REQUEST/RESPONSE[/FUNCTIONAL].
func parseConnection(text string) (transcript.Connection, error) {
	parts := strings.Split(text, "/")
	ids := make([]uint32, 3)
	for i, part := range parts {
		id, err := strconv.ParseUint(part, 16, 29)
		if err != nil || i == len(ids) {
			return transcript.Connection{}, usage("--isotp %q: want REQUEST/RESPONSE[/FUNCTIONAL] in hexadecimal, such as 7E0/7E8/7DF", text)
		}
		ids[i] = uint32(id)
	}
	if len(parts) < 2 {
		return transcript.Connection{}, usage("--isotp %q: want the identifiers of both directions, such as 7E0/7E8", text)
	}
	const longID = 8 // digits of one with 29 bits
	address := isotp.Address{Tx: ids[0], Rx: ids[1], Extended: len(parts[0]) == longID}
	return transcript.Connection{Name: parts[0], Address: address, Functional: ids[2]}, nil
}

// readDatabase reads FILE or BUS=FILE.
func readDatabase(text string) (transcript.Database, error) {
	bus, path, found := strings.Cut(text, "=")
	if !found {
		bus, path = "", text
	}
	f, err := os.Open(path)
	if err != nil {
		return transcript.Database{}, &status{exitUsage, err}
	}
	defer f.Close()
	db, err := signal.ReadDBC(path, f)
	if err != nil {
		return transcript.Database{}, &status{exitUsage, err}
	}
	return transcript.Database{Bus: bus, Database: db}, nil
}
