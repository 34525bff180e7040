package scenarios_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/ecu/sim"
)

// Variables that tell a process of TestSuite to run on a changed bench, and where to leave its record.
const (
	changeVariable = "OTABENCH_TEST_CHANGE"
	folderVariable = "OTABENCH_TEST_FOLDER"
)

// change makes another bench of the embedded one.
type change struct {
	make   func(*config.File)
	filter string
	// outcome is that of the specs whose texts contain one of the texts in specs. The others that the filter chooses pass.
	outcome record.Outcome
	specs   []string
}

// unit changes the simulated ECU.
func unit(set func(*sim.Config)) func(*config.File) {
	return func(f *config.File) {
		c := f.Simulation.ECUs["bcm"]
		set(&c)
		f.Simulation.ECUs["bcm"] = c
	}
}

func fault(f sim.Fault) func(*config.File) {
	return unit(func(c *sim.Config) { c.Faults = []sim.Fault{f} })
}

// wiring changes the line to the unit.
func wiring(set func(*config.SimRail)) func(*config.File) {
	return func(f *config.File) {
		r := f.Simulation.Rails["kl30"]
		set(&r)
		f.Simulation.Rails["kl30"] = r
	}
}

// changes are mistakes of units and benches, and the specs that have to find them.
var changes = map[string]change{
	"minimum voltage 1 % too high": {
		make:   unit(func(c *sim.Config) { c.Gates.MinVoltage = 11110 * physic.MilliVolt }),
		filter: "gates", outcome: record.Failed, specs: []string{"below the minimum voltage"},
	},
	"maximum voltage 1 % too low": {
		make:   unit(func(c *sim.Config) { c.Gates.MaxVoltage = 15840 * physic.MilliVolt }),
		filter: "gates", outcome: record.Failed, specs: []string{"above the maximum voltage"},
	},
	"state of charge 1 % too high": {
		make:   unit(func(c *sim.Config) { c.Gates.MinCharge = new(31.0) }),
		filter: "gates", outcome: record.Failed, specs: []string{"below the minimum state of charge"},
	},
	"no gate for the state of charge": {
		make:   unit(func(c *sim.Config) { c.Gates.MinCharge = new(0.0) }),
		filter: "gates", outcome: record.Failed, specs: []string{"below the minimum state of charge"},
	},
	"no hysteresis": {
		make: fault(sim.NoHysteresis), filter: "gates", outcome: record.Failed,
		specs: []string{"below the minimum voltage", "above the maximum voltage"},
	},
	"a gate that never opens again": {
		make: fault(sim.LatchedGate), filter: "gates", outcome: record.Failed,
		specs: []string{"below the minimum voltage", "above the maximum voltage"},
	},
	"no gate for overvoltage": {
		make: fault(sim.NoOvervoltageGate), filter: "gates", outcome: record.Failed, specs: []string{"above the maximum voltage"},
	},
	"gates that only the routine knows": {
		make: fault(sim.GatesNotEnforced), filter: "gates", outcome: record.Failed,
		specs: []string{"below the minimum voltage", "above the maximum voltage", "below the minimum state of charge"},
	},
	"a line that drops too much": {
		make:   wiring(func(r *config.SimRail) { r.Resistance = physic.Ohm }),
		filter: "gates", outcome: record.Void, specs: []string{"below the minimum voltage", "above the maximum voltage"},
	},
	"no sensor at the terminals": {
		make: func(f *config.File) {
			r := f.Rails["kl30"]
			r.Sensor = ""
			f.Rails["kl30"], f.Sensors = r, nil
		},
		filter: "gates", outcome: record.NotRun, specs: []string{"below the minimum voltage", "above the maximum voltage"},
	},
}

// TestSuiteFindsFaults runs parts of the suite on units that are not in order, and on benches that cannot do what is asked
// of them. Ginkgo runs a suite once in a process, so each has its own.
func TestSuiteFindsFaults(t *testing.T) {
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outcomes := runChanged(t, name)
			for text, outcome := range outcomes {
				want := record.Passed
				if slices.ContainsFunc(c.specs, func(part string) bool { return strings.Contains(text, part) }) {
					want = c.outcome
				}
				if outcome != want {
					t.Errorf("%s: %s, want %s", text, outcome, want)
				}
			}
			for _, part := range c.specs {
				if !slices.ContainsFunc(keys(outcomes), func(text string) bool { return strings.Contains(text, part) }) {
					t.Errorf("no spec %q ran", part)
				}
			}
		})
	}
}

func keys(m map[string]record.Outcome) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	return all
}

// runChanged runs the suite on a changed bench and returns the outcomes of its specs by their texts.
func runChanged(t *testing.T, name string) map[string]record.Outcome {
	t.Helper()
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestSuite$")
	child.Env = append(os.Environ(), changeVariable+"="+name, folderVariable+"="+dir)
	output, _ := child.CombinedOutput() // Ginkgo fails the process with the first spec
	_, events, err := record.ReadFile(filepath.Join(dir, "record.jsonl"))
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	texts, outcomes := map[string]string{}, map[string]record.Outcome{}
	for _, e := range events {
		switch b := e.Body.(type) {
		case record.SpecStart:
			texts[b.ID] = strings.Join(append(b.Path, b.Text), " ")
		case record.SpecEnd:
			outcomes[texts[b.ID]] = b.Outcome
			t.Logf("%s: %s %s", texts[b.ID], b.Outcome, b.Message)
		}
	}
	if len(outcomes) == 0 {
		t.Fatalf("no spec has ended\n%s", output)
	}
	return outcomes
}
