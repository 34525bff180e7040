package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"otabench/bench/config"
	"otabench/ecu/description"
	"otabench/ecu/odx"
)

// importOptions are the flags of uds import.
type importOptions struct {
	choice odx.Choice
	list   bool
	file   string
}

func (a *app) udsImport() *cobra.Command {
	var o importOptions
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Make the description of an ECU from its maker's ODX or PDX file",
		Long: `Make the description of an ECU from an ODX document or a PDX archive: addresses, times, sessions, security levels,
data identifiers, routines and trouble codes. Bench files refer to it with description_file.

What the file says and a description cannot say stands in comments at the beginning, and so does what is still missing,
such as how keys are made from seeds. Without --output, the description goes to the standard output.`,
		Example: `  otabench uds import bcm.pdx --list
  otabench uds import bcm.pdx --variant bcm_high
  otabench uds import bcm.pdx --variant bcm_high --output ecus/bcm.yaml`,
		Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"pdx", "odx", "odx-d"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.importODX(args[0], o) },
	}
	f := c.Flags()
	f.StringVar(&o.choice.Variant, "variant", "", "variant to describe; the only ECU variant if left out")
	f.StringVar(&o.choice.Protocol, "protocol", "", "protocol by which it is reached; the first over CAN if left out")
	f.BoolVar(&o.list, "list", false, "list the variants with their protocols")
	f.StringVarP(&o.file, "output", "o", "", "file for the description")
	_ = c.MarkFlagFilename("output", "yaml", "yml")
	return c
}

func (a *app) importODX(path string, o importOptions) error {
	db, err := odx.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return usage("%s: no such file", path)
	}
	if err != nil {
		return err
	}
	if o.list {
		return a.listVariants(db.Variants())
	}
	d, notes, err := db.Describe(o.choice)
	if err != nil {
		return err
	}
	text, err := description.Marshal(d, notes...)
	if err != nil {
		return err
	}
	if len(text) > config.MaxFile {
		return usage("%s: its description has %d bytes, and bench files take %d", path, len(text), config.MaxFile)
	}
	if o.file != "" {
		if err := saveDescription(o.file, text); err != nil {
			return err
		}
	}
	return a.printImport(d, notes, text, o.file)
}

func (a *app) listVariants(all []odx.Variant) error {
	return a.print(all, func(w io.Writer) {
		for _, v := range all {
			fmt.Fprintf(w, "%-24s %-12s %s\n", v.Name, v.Kind, strings.Join(v.Protocols, ", "))
			if v.LongName != "" {
				fmt.Fprintf(w, "  %s\n", v.LongName)
			}
		}
	})
}

// printImport shows the description, or what of it went to a file.
func (a *app) printImport(d description.ECU, notes []string, text []byte, file string) error {
	type imported struct {
		Description description.ECU `json:"description"`
		Notes       []string        `json:"notes"`
	}
	return a.print(imported{d, notes}, func(w io.Writer) {
		if file == "" {
			_, _ = w.Write(text)
			return
		}
		routines := 0
		for _, r := range d.Routines {
			if r.Exists() {
				routines++
			}
		}
		fmt.Fprintf(w, "%s: %d identifiers, %d routines, %d trouble codes\n", file, len(d.Identifiers), routines, len(d.DTCs))
		for _, n := range notes {
			fmt.Fprintf(w, "note: %s\n", n)
		}
	})
}
