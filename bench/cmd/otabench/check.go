package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/equipment"
	"otabench/bench/record"
	"otabench/bench/traffic"
	"otabench/can/dial"
	"otabench/power"
)

func (a *app) check() *cobra.Command {
	var o checkOptions
	var schema bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Check the bench file, then the hardware; energises nothing",
		Long: `Check the bench file, then open every device that it names and see whether it is the right one.
Nothing is energised, and outputs that are on are left as they are.

With --latency, and only then, the rails are energised at their nominal voltage, one after the other: the bench measures
how long it takes from a trigger and from a command to what happens at the terminals. The ECUs lose their power again and
again. What was measured is kept beside the bench file, and stands in the records of later runs.`,
		Example: `  otabench check -b bench.yaml
  otabench check -b bench.yaml --file-only
  otabench check -b bench.yaml --latency
  otabench check --schema > bench.schema.json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if schema {
				_, err := a.out.Write(config.Schema())
				return err
			}
			return a.checkBench(c.Context(), o)
		},
	}
	c.Flags().BoolVar(&o.fileOnly, "file-only", false, "check the file alone")
	c.Flags().BoolVar(&o.latency, "latency", false, "measure the latencies of the rails too, which energises them")
	c.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of bench files, for editors")
	return c
}

type checkOptions struct{ fileOnly, latency bool }

// finding is one line of check.
type finding struct {
	Role   string `json:"role"`
	Class  string `json:"class"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	// Warning is what keeps nobody from running, and makes a deviation of the run.
	Warning string `json:"warning,omitempty"`
}

// of adds an instrument's calibration to what was found of it.
func (f finding) of(c config.Calibration) finding {
	if c != (config.Calibration{}) {
		f.Detail += "; " + c.String()
	}
	if err := c.Check(time.Now()); err != nil {
		f.Warning = err.Error()
	}
	return f
}

func (a *app) checkBench(ctx context.Context, o checkOptions) error {
	if o.fileOnly && o.latency {
		return usage("--latency needs the hardware; leave --file-only out")
	}
	f, text, err := a.file()
	if err != nil {
		return err
	}
	if err := checkPackages(f, a.bench); err != nil {
		return err
	}
	if err := checkTraffic(f, a.bench); err != nil {
		return err
	}
	if _, err := cataloguesOf(f); err != nil {
		return err
	}
	contents := fmt.Sprintf("%d buses, %d supplies, %d rails, %d ECUs", len(f.Buses), len(f.Supplies), len(f.Rails), len(f.ECUs))
	if f.Vehicle != nil {
		contents += ", vehicle " + f.Vehicle.VIN
	}
	found := []finding{{Role: f.Name, Class: "file", OK: true, Detail: contents}}
	var failed error
	if !o.fileOnly {
		devices, err := checkDevices(ctx, f)
		found, failed = append(found, devices...), err
	}
	if o.latency && failed == nil {
		latency, err := a.checkLatency(ctx, f, text)
		found, failed = append(found, latency...), err
	}
	if err := a.print(found, func(w io.Writer) { printFindings(w, found) }); err != nil {
		return err
	}
	return failed
}

// checkTraffic reads all DBC files that a bench file names, makes its rest buses of them, and looks for what belongs to its
// vehicle.
func checkTraffic(f *config.File, path string) error {
	for _, bus := range slices.Sorted(maps.Keys(f.Buses)) {
		if _, err := traffic.Database(f, bus, filepath.Dir(path)); err != nil {
			return err
		}
		if _, err := traffic.Entries(f, bus, filepath.Dir(path)); err != nil {
			return err
		}
	}
	return bench.CheckVehicle(f, filepath.Dir(path))
}

// checkDevices opens the power equipment and then each bus, and goes on after a bus that fails.
func checkDevices(ctx context.Context, f *config.File) (found []finding, failed error) {
	virtual, closeSim, err := simulated(f)
	if err != nil {
		return nil, err
	}
	defer closeSim()
	p, err := equipment.Open(ctx, f, virtual)
	if err != nil {
		return []finding{{Role: "power", Class: "power", Detail: err.Error()}}, err
	}
	defer p.Close()
	for _, role := range slices.Sorted(maps.Keys(p.Supplies)) {
		identity := p.Supplies[role].Identity().String()
		watchdog, err := watchdogOf(ctx, p.Supplies[role], f.Supplies[role])
		if err != nil {
			return append(found, finding{Role: role, Class: "supply", Detail: err.Error()}), err
		}
		one := finding{Role: role, Class: "supply", OK: true, Detail: identity + watchdog}
		found = append(found, one.of(f.Supplies[role].Calibration()))
	}
	for _, role := range slices.Sorted(maps.Keys(p.Switches)) {
		c := f.Switches[role]
		detail := "at rest: " + c.Contact + "; " + c.Does()
		found = append(found, finding{Role: role, Class: "switch", OK: true, Detail: detail})
	}
	for _, role := range slices.Sorted(maps.Keys(p.Sensors)) {
		r, err := p.Sensors[role].Sense(ctx)
		if err != nil {
			return append(found, finding{Role: role, Class: "sensor", Detail: err.Error()}), err
		}
		one := finding{Role: role, Class: "sensor", OK: true, Detail: r.String()}
		found = append(found, one.of(f.Sensors[role].Calibration()))
	}
	d := dial.Dialer{}
	if sim, ok := virtual.(*embedded.Bench); ok {
		d.Virtual = sim.Bus
	}
	for _, role := range slices.Sorted(maps.Keys(f.Buses)) {
		detail, err := checkBus(ctx, d, f.Buses[role])
		if err != nil {
			detail, failed = err.Error(), err
		}
		found = append(found, finding{Role: role, Class: "bus", OK: err == nil, Detail: detail})
	}
	return found, failed
}

// watchdogOf says what becomes of a supply's watchdog, empty if it has none. It changes nothing.
func watchdogOf(ctx context.Context, s power.Supply, c config.Supply) (string, error) {
	dog, ok := s.(power.Watchdog)
	if !ok {
		return "", nil
	}
	armed, silence, err := dog.WatchdogArmed(ctx)
	if err != nil {
		return "", fmt.Errorf("read the watchdog of %v: %w", s, err)
	}
	text := fmt.Sprintf("; its watchdog will be armed with %v", c.WatchdogTime())
	if c.WatchdogTime() == 0 {
		text = "; its watchdog is left alone"
	}
	if armed {
		text += fmt.Sprintf(", and is armed with %v now, perhaps by a run that was killed", silence)
	}
	return text, nil
}

// checkBus opens a bus and says what is known of it. It changes nothing, so an interface that the bench would set up is in
// order as it is.
func checkBus(ctx context.Context, d dial.Dialer, c config.Bus) (string, error) {
	description, err := equipment.CheckBus(c)
	if err != nil && (!c.Configure || description == "") {
		return "", err
	}
	if err != nil {
		return description + "; the bench will set it up", nil
	}
	bus, err := d.Dial(ctx, c.Address)
	if err != nil {
		return "", err
	}
	defer bus.Close()
	if description == "" {
		description = bus.State().String()
	}
	return bus.String() + " " + description, nil
}

func printFindings(w io.Writer, all []finding) {
	for _, f := range all {
		mark := "ok  "
		switch {
		case !f.OK:
			mark = "FAIL"
		case f.Warning != "":
			mark = "warn"
		}
		text := f.Detail
		if f.Warning != "" {
			text += "; " + f.Warning
		}
		fmt.Fprintf(w, "%s  %-8s %-10s %s\n", mark, f.Class, f.Role, printable(strings.ReplaceAll(text, "\n", "; ")))
	}
}

func printSafe(w io.Writer, s record.Safe) {
	for _, o := range s.Outputs {
		switch {
		case !equipment.IsOff(o):
			fmt.Fprintf(w, "%-10s NOT OFF: %s\n", o.Device, printable(o.Error))
		case o.State != "":
			fmt.Fprintf(w, "%-10s %s\n", o.Device, o.State)
		case o.Confirmed:
			fmt.Fprintf(w, "%-10s off, %.3f V by %s\n", o.Device, *o.Volts, o.Sensor)
		case o.Error != "":
			fmt.Fprintf(w, "%-10s off; %s\n", o.Device, printable(o.Error))
		default:
			fmt.Fprintf(w, "%-10s off\n", o.Device)
		}
	}
	for _, supply := range s.Armed {
		fmt.Fprintf(w, "%-10s its watchdog was left armed and switches off by itself\n", supply)
	}
}

// simulated builds the embedded bench of a file, if it has one.
func simulated(f *config.File) (v equipment.Virtual, stop func(), err error) {
	if f.Simulation == nil {
		return nil, func() {}, nil
	}
	sim, err := embedded.New(f)
	if err != nil {
		return nil, nil, fmt.Errorf("build the embedded bench: %w", err)
	}
	return sim, func() { _ = sim.Close() }, nil
}
