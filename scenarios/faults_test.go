package scenarios_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/ecu/description"
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
	// fatal says that the unit does not survive the first of them; what comes after that shows nothing.
	fatal bool
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

// described changes what the bench file says of the ECU.
func described(set func(*description.ECU)) func(*config.File) {
	return func(f *config.File) {
		e := f.ECUs["bcm"]
		set(&e.Description)
		f.ECUs["bcm"] = e
	}
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
		make: fault(sim.NoOvervoltageGate), filter: "gates", outcome: record.Failed,
		specs: []string{"above the maximum voltage"},
	},
	"gates that only the routine knows": {
		make: fault(sim.GatesNotEnforced), filter: "gates", outcome: record.Failed,
		specs: []string{"below the minimum voltage", "above the maximum voltage", "below the minimum state of charge"},
	},
	"an erase at any voltage": {
		make: fault(sim.EraseAtAnyVoltage), filter: "voltage && (erase || transfer)", outcome: record.Failed,
		specs: []string{"during the erase"},
	},
	"a transfer at any voltage": {
		make: fault(sim.TransferAtAnyVoltage), filter: "voltage && (transfer || activation)", outcome: record.Failed,
		specs: []string{"during the transfer"},
	},
	"an activation at any voltage": {
		make: fault(sim.ActivateAtAnyVoltage), filter: "voltage && (transfer || verification || activation)",
		outcome: record.Failed,
		specs:   []string{"during the verification", "during the activation"},
	},
	"overvoltage during an update": {
		make: fault(sim.NoOvervoltageGate), filter: "voltage && !(trial || rollback)", outcome: record.Failed,
		specs: []string{
			"too high before", "too high during the erase", "too high during the transfer",
			"too high during the verification", "too high during the activation",
		},
	},
	"a previous software that is not kept": {
		make: fault(sim.ErasesRunningSoftware), filter: "voltage && transfer", outcome: record.Failed,
		specs: []string{"too low during the transfer"}, fatal: true,
	},
	"a previous software that is not there to go back to": {
		make: fault(sim.ErasesRunningSoftware), filter: "voltage && rollback", outcome: record.Failed,
		specs: []string{"too low during the rollback"}, fatal: true,
	},
	"a trial boot that a low voltage kills": {
		make: fault(sim.FatalBoot), filter: "voltage && trial", outcome: record.Failed,
		specs: []string{"too low during the trial boot"}, fatal: true,
	},
	"a rollback that a low voltage kills": {
		make: fault(sim.FatalBoot), filter: "voltage && rollback", outcome: record.Failed,
		specs: []string{"too low during the rollback"}, fatal: true,
	},
	"a trial boot that a crank pulse kills": {
		make: fault(sim.FatalBoot), filter: "crank && trial", outcome: record.Failed,
		specs: []string{"profile IV during the trial boot"}, fatal: true,
	},
	"a crank pulse that closes a gate for ever": {
		make: fault(sim.LatchedGate), filter: "crank && before", outcome: record.Failed, specs: []string{"profile IV before"},
	},
	"an erase that a crank pulse kills": {
		make: fault(sim.FatalDip), filter: "crank && erase", outcome: record.Failed,
		specs: []string{"profile III during the erase"}, fatal: true,
	},
	"a transfer that a crank pulse kills": {
		make: fault(sim.FatalDip), filter: "crank && transfer", outcome: record.Failed,
		specs: []string{"profile III during the transfer"}, fatal: true,
	},
	"a rollback that a crank pulse kills": {
		make: fault(sim.ErasesRunningSoftware), filter: "crank && rollback", outcome: record.Failed,
		specs: []string{"profile III during the rollback"}, fatal: true,
	},
	"a verification that passes everything": {
		make: fault(sim.VerdictAlwaysPass), filter: "verdict", outcome: record.Failed, specs: []string{"reports a damaged image"},
	},
	"an activation that the verdict is nothing to": {
		make: fault(sim.VerdictIgnored), filter: "verdict", outcome: record.Failed, specs: []string{"reports a damaged image", "refuses to activate what was sent"},
	},
	"a verdict that outlives what it is about": {
		make: fault(sim.VerdictRemembered), filter: "verdict", outcome: record.Failed, specs: []string{"refuses to activate what was sent"},
	},
	"a block counter that is not looked at": {
		make: fault(sim.AnyBlockCounter), filter: "blocks", outcome: record.Failed, specs: []string{"no block out of order"},
	},
	"a repeated block that is written twice": {
		make: fault(sim.RepeatedBlockWritten), filter: "blocks", outcome: record.Failed, specs: []string{"a block that is repeated"},
	},
	"a repeated block that is refused": {
		make: fault(sim.RepeatedBlockRefused), filter: "blocks", outcome: record.Failed, specs: []string{"a block that is repeated"},
	},
	"a transfer that ends short": {
		make: fault(sim.ShortTransferAccepted), filter: "blocks", outcome: record.Failed, specs: []string{"before all bytes have come"},
	},
	"a transfer that goes on too long": {
		make: fault(sim.LongTransferAccepted), filter: "blocks", outcome: record.Failed, specs: []string{"no more bytes", "before all bytes"},
	},
	"a transfer that outlives its session": {
		make: fault(sim.TransferSurvivesSession), filter: "blocks", outcome: record.Failed, specs: []string{"gives a transfer up"},
	},
	"a fallback that a second update overwrites": {
		make: fault(sim.FallbackNotProtected), filter: "fallback", outcome: record.Failed, specs: []string{"falls back to"},
	},
	"one trial boot too many": {
		make: fault(sim.OneTrialTooMany), filter: "trials", outcome: record.Failed, specs: []string{"as often as its description says"},
	},
	"a trial that is never counted": {
		make: fault(sim.TrialNeverCounted), filter: "trials", outcome: record.Failed, specs: []string{"as often as its description says"},
	},
	"programming without security access": {
		make: fault(sim.ProgrammingWithoutSecurity), filter: "locked", outcome: record.Failed, specs: []string{"neither erases nor takes software"},
	},
	"a VIN that anybody writes": {
		make: fault(sim.VINWithoutSecurity), filter: "locked", outcome: record.Failed, specs: []string{"VIN be written"},
	},
	"seeds that come again after a reset": {
		make: fault(sim.SeedsRepeatAfterReset), filter: "locked", outcome: record.Failed, specs: []string{"other seeds"},
	},
	"half a key that is enough": {
		make: fault(sim.KeyComparedInPart), filter: "locked", outcome: record.Failed, specs: []string{"the whole key"},
	},
	"a fingerprint that is not stored": {
		make: fault(sim.FingerprintNotStored), filter: "traces", outcome: record.Failed, specs: []string{"who has programmed"},
	},
	"an update that clears trouble codes": {
		make: fault(sim.UpdateClearsTroubleCodes), filter: "traces", outcome: record.Failed, specs: []string{"keeps its trouble codes"},
	},
	"a state of charge of long ago": {
		make: fault(sim.StaleChargeBelieved), filter: "battery", outcome: record.Failed, specs: []string{"not sent any more"},
	},
	"messages that stay off": {
		make: fault(sim.CommunicationLeftOff), filter: "messages", outcome: record.Failed, specs: []string{"sent again"},
	},
	"an update that needs too much energy": {
		make: unit(func(c *sim.Config) { c.Flash.EraseTime = time.Second }), filter: "energy", outcome: record.Failed,
		specs: []string{"needs no more energy"},
	},
	"a unit to which no energy is guaranteed": {
		make:   described(func(d *description.ECU) { d.Gates.Energy = 0 }),
		filter: "energy", outcome: record.NotRun, specs: []string{"needs no more energy"},
	},
	"a supply whose current is beyond the sensor": {
		make: func(f *config.File) {
			s := f.Sensors["terminals"]
			s.Shunt, s.MaxCurrent = 150*physic.MilliOhm, 500*physic.MilliAmpere
			f.Sensors["terminals"] = s
		},
		filter: "energy", outcome: record.Void, specs: []string{"needs no more energy"},
	},
	"a supply too slow for a crank pulse": {
		make: func(f *config.File) {
			wiring(func(r *config.SimRail) { r.Capacitance = 50 * physic.MilliFarad })(f)
			r := f.Rails["kl30"]
			r.Discharge = time.Minute // or its switch would count as welded
			f.Rails["kl30"] = r
		},
		filter: "crank && (erase || rollback)", outcome: record.Void, specs: []string{"profile"},
	},
	"a supply that does not leave the gates": {
		make:   wiring(func(r *config.SimRail) { r.Resistance = physic.Ohm }),
		filter: "voltage && (erase || rollback)", outcome: record.Void, specs: []string{"too"},
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

// TestSuiteFindsFaults runs parts of the suite on units that are not in order, and on benches that cannot do what is
// asked of them. Ginkgo runs a suite once in a process, so each has its own.
func TestSuiteFindsFaults(t *testing.T) {
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := map[string]bool{}
			for _, s := range runChanged(t, name) {
				want := record.Passed
				for _, part := range c.specs {
					if strings.Contains(s.text, part) {
						want, found[part] = c.outcome, true
					}
				}
				if s.outcome != want {
					t.Errorf("%s: %s, want %s", s.text, s.outcome, want)
				}
				if c.fatal && s.outcome == c.outcome {
					break
				}
			}
			for _, part := range c.specs {
				if !found[part] {
					t.Errorf("no spec %q ran", part)
				}
			}
		})
	}
}

// ended is a spec that ran.
type ended struct {
	text    string
	outcome record.Outcome
}

// runChanged runs the suite on a changed bench and returns its specs in order.
func runChanged(t *testing.T, name string) []ended {
	t.Helper()
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestSuite$")
	child.Env = append(os.Environ(), changeVariable+"="+name, folderVariable+"="+dir)
	output, _ := child.CombinedOutput() // Ginkgo fails the process with the first spec
	_, events, err := record.ReadFile(filepath.Join(dir, "record.jsonl"))
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	var all []ended
	texts := map[string]string{}
	for _, e := range events {
		switch b := e.Body.(type) {
		case record.SpecStart:
			texts[b.ID] = strings.Join(append(b.Path, b.Text), " ")
		case record.SpecEnd:
			all = append(all, ended{texts[b.ID], b.Outcome})
			t.Logf("%s: %s %s", texts[b.ID], b.Outcome, b.Message)
		}
	}
	if len(all) == 0 {
		t.Fatalf("no spec has ended\n%s", output)
	}
	return all
}
