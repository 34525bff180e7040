package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"periph.io/x/conn/v3/physic"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/power/profile"
	"otabench/power/profile/picture"
)

func (a *app) powerProfile() *cobra.Command {
	c := &cobra.Command{
		Use:   "profile",
		Short: "List voltage profiles, and show how a rail would make one",
		Long: `List voltage profiles, and show how a rail would make one. A profile of one's own is YAML:

  name: crank
  tolerance: {below: 200mV, time: 5%}
  parameters:
    UB: {default: 12V, about: supply voltage}
  start: UB
  steps:
    - await: key                              # an event of the test
    - repeat: 10
      steps:
        - {name: fall, to: 6V, in: 5ms, hold: 15ms}
        - {to: 6.5V, within: 50ms}            # or as fast as it can
        - {hold: 10s, ripple: {peak_to_peak: 1V, frequency: 2Hz, begin: low}}
        - {to: 95% UB - 0.1V, rate: 0.5V/s}
        - {name: interruption, cut: 2ms}      # by the switch in the line
    - for: {low: {from: 9V, to: 6V, by: 0.5V}}
      steps:
        - {to: low, hold: 5s}`,
		Args: cobra.NoArgs,
		RunE: needSubcommand,
	}
	list := &cobra.Command{
		Use:   "list",
		Short: "List the profiles of ISO 16750-2, LV 124 and ISO 7637-2 that are known",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return a.listProfiles() },
	}
	c.AddCommand(list, a.showProfile())
	return c
}

// listing is one row of list.
type listing struct {
	Name     string `json:"name"`
	Standard string `json:"standard"`
	Clause   string `json:"clause"`
	Title    string `json:"title"`
	Refused  string `json:"refused,omitempty"` // why no bench supply can make it
}

func (a *app) listProfiles() error {
	var all []listing
	for _, name := range profile.Library() {
		p, err := profile.Named(name)
		if err != nil {
			return err
		}
		all = append(all, listing{p.Name, p.Standard, p.Clause, p.Title, p.Refused})
	}
	return a.print(all, func(w io.Writer) {
		for _, l := range all {
			fmt.Fprintf(w, "%-40s %-12s %-24s %s\n", l.Name, l.Standard, l.Clause, l.Title)
			if l.Refused != "" {
				fmt.Fprintf(w, "%40s refused: %s\n", "", l.Refused)
			}
		}
	})
}

// profileView holds the flags of show.
type profileView struct {
	rail, png, svg string
	from, to       time.Duration
}

func (a *app) showProfile() *cobra.Command {
	var o profileView
	c := &cobra.Command{
		Use:   "show PROFILE",
		Short: "Show a profile, and how well a rail would make it",
		Long: `Show a profile: its steps, a plot of its first repetition, and what is to be expected of a rail. PROFILE is a
name of the library, a profile in YAML, a recording (CSV with time in seconds and voltage), or the record.jsonl of a run.`,
		Example: `  otabench power profile show iso16750-2-starting-4
  otabench power profile show lv124-e11-start-cold --from 1.9s --to 2.6s --svg crank.svg
  otabench power profile show recorded.csv -b bench.yaml --rail kl30 --png recorded.png`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeProfiles,
		RunE:              func(_ *cobra.Command, args []string) error { return a.viewProfile(args[0], o) },
	}
	f := c.Flags()
	f.StringVar(&o.rail, "rail", "", "rail of the bench file; the first by name if left out")
	f.StringVar(&o.png, "png", "", "write a picture to this file")
	f.StringVar(&o.svg, "svg", "", "write a picture to this file")
	f.DurationVar(&o.from, "from", 0, "where the plot begins")
	f.DurationVar(&o.to, "to", 0, "where it ends; after the first repetition if left out")
	return c
}

func completeProfiles(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return profile.Library(), cobra.ShellCompDirectiveDefault
}

func (a *app) viewProfile(name string, o profileView) error {
	f, _, err := a.file()
	if err != nil {
		return err
	}
	rail, err := railOf(f, o.rail)
	if err != nil {
		return err
	}
	p, c, err := loadProfile(f, rail, name)
	if err != nil {
		return err
	}
	if o.to == 0 {
		o.to = c.Cycle()
	}
	if o.from < 0 || o.to <= o.from || o.from >= c.Duration() {
		return usage("--from %v --to %v is no part of a profile of %v", o.from, o.to, c.Duration())
	}
	plan := profile.NewPlan(c, bench.Capability(f, rail))
	if err := writePictures(plan, o); err != nil {
		return err
	}
	rows := planRows(plan)
	shown := planned{Profile: c.Name, Rail: rail, Verdict: plan.Verdict().Before(), Blocked: plan.Blocked, Steps: rows}
	return a.print(shown, func(w io.Writer) {
		describe(w, p, c)
		drawCurve(w, c, o.from, o.to)
		printPlan(w, rail, plan, rows)
	})
}

// railOf checks the name of a rail; the first by name stands for none.
func railOf(f *config.File, rail string) (string, error) {
	all := slices.Sorted(maps.Keys(f.Rails))
	if rail == "" && len(all) > 0 {
		return all[0], nil
	}
	if !slices.Contains(all, rail) {
		return "", usage("the bench file has no rail %q; it has %v", rail, all)
	}
	return rail, nil
}

// loadProfile reads a profile of whatever kind. A recording has a curve and no profile.
func loadProfile(f *config.File, rail, name string) (*profile.Profile, *profile.Curve, error) {
	switch filepath.Ext(name) {
	case ".csv":
		c, err := readRecording(name)
		return nil, c, err
	case ".jsonl":
		c, err := readRun(name, rail)
		return nil, c, err
	}
	p, err := readProfile(name)
	if err != nil {
		return nil, nil, &status{exitUsage, err}
	}
	c, err := bench.Curve(f, rail, p)
	if err != nil {
		return nil, nil, &status{exitUsage, err}
	}
	return p, c, nil
}

func readProfile(name string) (*profile.Profile, error) {
	if ext := filepath.Ext(name); ext != ".yaml" && ext != ".yml" {
		return profile.Named(name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the profile: %w", err)
	}
	return profile.Parse(name, text)
}

func readRecording(name string) (*profile.Curve, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, usage("read the recording: %w", err)
	}
	defer file.Close()
	c, err := profile.ReadCSV(name, file)
	if err != nil {
		return nil, &status{exitUsage, err}
	}
	return c, nil
}

// readRun makes a curve of what a run measured on a rail of the same name.
func readRun(name, rail string) (*profile.Curve, error) {
	_, events, err := record.ReadFile(name)
	if err != nil && !errors.Is(err, record.ErrTruncated) {
		return nil, usage("read the record: %w", err)
	}
	var points []profile.Point
	for _, e := range events {
		s, ok := e.Body.(record.Sample)
		if !ok || s.Rail != rail || len(points) > 0 && e.T <= points[len(points)-1].At {
			continue
		}
		points = append(points, profile.Point{
			At: e.T, Volts: physic.ElectricPotential(s.Volts*1000) * physic.MilliVolt,
		})
	}
	c, err := profile.Replay(rail+" of "+name, points)
	if err != nil {
		return nil, &status{exitUsage, err}
	}
	return c, nil
}

func writePictures(plan *profile.Plan, o profileView) error {
	for path, format := range map[string]picture.Format{o.png: picture.PNG, o.svg: picture.SVG} {
		if path == "" {
			continue
		}
		p := picture.Of(plan.Curve, o.from, o.to)
		p.Expect(plan)
		if err := writePicture(path, format, p); err != nil {
			return err
		}
	}
	return nil
}

func writePicture(path string, format picture.Format, p *picture.Picture) error {
	file, err := os.Create(path)
	if err != nil {
		return usage("write the picture: %w", err)
	}
	return errors.Join(picture.Write(file, format, p), file.Close())
}

// describe says what a profile is and where its numbers come from.
func describe(w io.Writer, p *profile.Profile, c *profile.Curve) {
	t := c.Tolerance
	fmt.Fprintf(w, "%s", c.Name)
	if p != nil {
		fmt.Fprintf(w, ": %s (%s)", p.Title, strings.TrimSpace(p.Standard+" "+p.Clause))
	}
	fmt.Fprintf(w, "\n%v, from %v to %v; levels +%v -%v, times %g %%",
		c.Duration(), c.Before, c.Final(), t.Above, t.Below, t.Time)
	if t.Step > 0 {
		fmt.Fprintf(w, ", ramps in steps of at most %v", t.Step)
	}
	fmt.Fprintln(w)
	if p == nil {
		return
	}
	if p.Source != "" {
		fmt.Fprintf(w, "Numbers: %s.\n", printable(p.Source))
	}
	if p.About != "" {
		fmt.Fprintln(w, printable(p.About))
	}
	for _, v := range p.Parameters {
		fmt.Fprintf(w, "%s: %s, %v if the bench file has no other\n", v.Name, printable(v.About), v.Default)
	}
}

// planned is what show says of a rail.
type planned struct {
	Profile string    `json:"profile"`
	Rail    string    `json:"rail"`
	Verdict string    `json:"verdict"`
	Blocked string    `json:"blocked,omitempty"`
	Steps   []planRow `json:"steps"`
}

// planRow is one step of a profile.
type planRow struct {
	Name    string  `json:"name"`
	Shape   string  `json:"shape"`
	Count   int     `json:"count"`
	Met     int     `json:"met"`
	Method  string  `json:"method"`
	Verdict string  `json:"verdict"`
	Volts   float64 `json:"off_v"` // deviations
	Seconds float64 `json:"off_s"`
	Reason  string  `json:"reason,omitempty"`
}

func planRows(plan *profile.Plan) []planRow {
	var all []planRow
	for _, r := range plan.Rows() {
		i := plan.Curve.Index(r.Segment.Start)
		all = append(all, planRow{
			Name: r.Segment.Name, Shape: r.Segment.String(), Count: r.Count, Met: r.Met,
			Method: plan.Methods[i].String(), Verdict: r.Verdict.Before(),
			Volts: float64(r.Volts) / float64(physic.Volt), Seconds: r.Time.Seconds(), Reason: r.Reason,
		})
	}
	return all
}

func printPlan(w io.Writer, rail string, plan *profile.Plan, rows []planRow) {
	fmt.Fprintf(w, "\nOn %s: %s", rail, plan.Verdict().Before())
	if plan.Blocked != "" {
		fmt.Fprintf(w, "; it will not be played: %s", plan.Blocked)
	}
	fmt.Fprintln(w)
	for _, r := range rows {
		fmt.Fprintf(w, "%7s  %-26.26s %-50.50s %-6s  %s%s\n",
			fmt.Sprintf("%d/%d", r.Met, r.Count), printable(r.Name), r.Shape, r.Method, r.Verdict, because(r.Reason))
	}
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}
