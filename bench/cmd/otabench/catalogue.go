package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"otabench/reports/catalogue"
)

func (a *app) catalogue() *cobra.Command {
	c := &cobra.Command{
		Use:   "catalogue",
		Short: "List, show, check and import catalogues of requirements",
		Long: `Catalogues say what a run has to show: the use case, UN R156, ISO 24089, ISO 14229, and a customer's own.

A bench file names those that its runs are judged by, in the order of the report:

  catalogues: [ota, un-r156@00, iso-24089, file: customer.yaml]

Without that, it is all of otabench, each in the latest edition that is known to be in force. A customer's catalogue is a
file in YAML, CSV or ReqIF, whose requirements name the labels of the specs that observe them. A run folder gets a copy of
each catalogue, and its record the digest, so that later runs of otabench judge by the same.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.listCatalogues() },
	}
	c.AddCommand(a.catalogueList(), a.catalogueShow(), a.catalogueCheck(), a.catalogueImport())
	return c
}

func (a *app) catalogueList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the catalogues of otabench and of the bench file",
		Example: `  otabench catalogue list
  otabench catalogue list -b bench.yaml
  otabench catalogue list --json | jq -r '.catalogues[] | select(.judges) | .id'`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.listCatalogues() },
	}
}

// listed is a line of the list.
type listed struct {
	ID         string `json:"id"` // with the edition
	Title      string `json:"title"`
	Version    string `json:"version"`
	Digest     string `json:"digest"`
	ByTest     int    `json:"by_test"`
	ByDocument int    `json:"by_document"`
	Judges     bool   `json:"judges"` // the runs of the bench file
	Notice     string `json:"notice,omitempty"`
}

func (a *app) listCatalogues() error {
	f, _, err := a.file()
	if err != nil {
		return err
	}
	chosen, err := cataloguesOf(f)
	if err != nil {
		return err
	}
	all, err := catalogue.All()
	if err != nil {
		return err
	}
	judges := map[string]bool{}
	for _, j := range chosen {
		judges[j.Digest] = true
		if !slices.ContainsFunc(all, func(c catalogue.Catalogue) bool { return c.Digest == j.Digest }) {
			all = append(all, j.Catalogue)
		}
	}
	type listing struct {
		Catalogues []listed `json:"catalogues"`
	}
	var l listing
	for _, c := range all {
		l.Catalogues = append(l.Catalogues, listed{
			ID: c.Ref(), Title: c.Title, Version: c.Version, Digest: c.Digest,
			ByTest: c.Count(catalogue.Test), ByDocument: c.Count(catalogue.Document), Judges: judges[c.Digest], Notice: c.Notice,
		})
	}
	return a.print(l, func(w io.Writer) {
		fmt.Fprintf(w, "  %-18s %-12s %7s %11s  %s\n", "id", "version", "by test", "by document", "title")
		for _, c := range l.Catalogues {
			mark := " "
			if c.Judges {
				mark = "*"
			}
			fmt.Fprintf(w, "%s %-18s %-12s %7d %11d  %s\n", mark, c.ID, printable(c.Version), c.ByTest, c.ByDocument, printable(c.Title))
		}
		fmt.Fprintf(w, "* runs on the bench %s are judged by these\n", printable(f.Name))
	})
}

func (a *app) catalogueShow() *cobra.Command {
	return &cobra.Command{
		Use:   "show ID|FILE",
		Short: "Show the requirements of a catalogue",
		Example: `  otabench catalogue show un-r156
  otabench catalogue show un-r156@01
  otabench catalogue show customer.yaml --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := namedCatalogue(args[0])
			if err != nil {
				return err
			}
			return a.print(c, func(w io.Writer) { printCatalogue(w, c) })
		},
	}
}

// namedCatalogue is a catalogue of otabench or a file.
func namedCatalogue(name string) (catalogue.Catalogue, error) {
	if catalogue.IsFile(name) {
		c, err := readCatalogue(name, catalogue.Identity{})
		if errors.Is(err, fs.ErrNotExist) {
			return c, usage("%s: no such file", name)
		}
		return c, err
	}
	c, err := catalogue.Find(name)
	if err != nil {
		return c, usage("%w", err)
	}
	return c, nil
}

func printCatalogue(w io.Writer, c catalogue.Catalogue) {
	fmt.Fprintf(w, "%s, version %s\n%s\n", c.Ref(), printable(c.Version), printable(c.Title))
	for _, text := range []string{c.Source, c.Notice} {
		if text != "" {
			fmt.Fprintln(w, printable(text))
		}
	}
	for _, r := range c.Requirements {
		fmt.Fprintf(w, "\n%s", r.ID)
		if r.Title != "" {
			fmt.Fprintf(w, "  %s", oneLine(r.Title))
		}
		if r.Parent != "" {
			fmt.Fprintf(w, "  (part of %s)", r.Parent)
		}
		fmt.Fprintln(w)
		for _, part := range []struct{ name, text string }{
			{"", r.Stimulus},
			{"→ ", r.Expectation},
			{"observed by ", strings.Join(r.ObservedBy, ", ") + map[bool]string{true: ", partly"}[r.Partly]},
			{"by document: ", r.Reason},
		} {
			if part.text != "" {
				fmt.Fprintf(w, "  %s%s\n", part.name, oneLine(part.text))
			}
		}
	}
}

func oneLine(text string) string { return printable(strings.ReplaceAll(text, "\n", " ")) }

func (a *app) catalogueImport() *cobra.Command {
	var o struct {
		as    catalogue.Identity
		names map[string]string
		file  string
	}
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Make a catalogue in YAML of a CSV or ReqIF file",
		Long: `Make a catalogue in YAML of a CSV or ReqIF file, to add which labels observe its requirements.

The first row of a CSV file names the columns: id, title, stimulus, expectation, scope, reason, parent, observed_by and
partly; at least id and expectation or title. Commas, semicolons or tabulators stand between them.

Of a ReqIF document, the attributes ReqIF.ForeignID, ReqIF.Name or ReqIF.ChapterName, ReqIF.Text, stimulus, observed_by, scope
and reason are read, or those that --attribute names instead. Objects without a text are headings and are left out.`,
		Example: `  otabench catalogue import customer.csv --id CUST --output customer.yaml
  otabench catalogue import customer.reqifz --attribute "expectation=Object Text" --attribute id=PUID`,
		Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"csv", "reqif", "reqifz"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := importCatalogue(args[0], o.as, o.names)
			if err != nil {
				return err
			}
			return a.printImported(c, o.file)
		},
	}
	f := c.Flags()
	f.StringVar(&o.as.ID, "id", "", "id of the catalogue; made of the file's name if left out")
	f.StringVar(&o.as.Title, "title", "", "title of the catalogue")
	f.StringVar(&o.as.Version, "data-version", "", "version of the catalogue; the beginning of the file's digest if left out")
	f.StringToStringVar(&o.names, "attribute", nil, "attribute of a ReqIF document for id, title, expectation, stimulus, observed_by, scope or reason, as in expectation=NAME")
	f.StringVarP(&o.file, "output", "o", "", "file for the catalogue; the standard output if left out")
	_ = c.MarkFlagFilename("output", "yaml", "yml")
	return c
}

func importCatalogue(path string, as catalogue.Identity, names map[string]string) (catalogue.Catalogue, error) {
	attributes, err := attributesOf(names)
	if err != nil {
		return catalogue.Catalogue{}, err
	}
	text, err := catalogue.ReadFile(os.DirFS(filepath.Dir(path)), filepath.Base(path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return catalogue.Catalogue{}, usage("%s: no such file", path)
	case err != nil:
		return catalogue.Catalogue{}, err
	}
	switch catalogue.Extension(path) {
	case ".reqif", ".reqifz":
		return catalogue.ParseReqIF(path, text, as, attributes)
	case ".csv":
		return catalogue.Parse(path, text, as)
	}
	return catalogue.Catalogue{}, usage("%s: want a file in CSV or ReqIF: .csv, .reqif or .reqifz", path)
}

func attributesOf(names map[string]string) (catalogue.Attributes, error) {
	var a catalogue.Attributes
	of := map[string]*string{
		"id": &a.ID, "title": &a.Title, "expectation": &a.Expectation, "stimulus": &a.Stimulus,
		"observed_by": &a.ObservedBy, "scope": &a.Scope, "reason": &a.Reason,
	}
	for what, name := range names {
		if of[what] == nil {
			return a, usage("--attribute %s=%s: want id, title, expectation, stimulus, observed_by, scope or reason", what, name)
		}
		*of[what] = name
	}
	return a, nil
}

func (a *app) printImported(c catalogue.Catalogue, file string) error {
	text, err := catalogue.Marshal(c)
	if err != nil {
		return err
	}
	if file != "" {
		if err := saveDescription(file, text); err != nil {
			return err
		}
	}
	return a.print(c, func(w io.Writer) {
		if file == "" {
			_, _ = w.Write(text)
			return
		}
		fmt.Fprintf(w, "%s: %s version %s, %d requirements; otabench catalogue check %s says which are observed\n",
			file, c.Ref(), printable(c.Version), len(c.Requirements), file)
	})
}
