package embedded_test

import (
	"strings"
	"testing"

	"otabench/bench/config"
	"otabench/bench/embedded"
)

// A simulated switch cannot act on what is real.
func TestSwitchesOfRealThings(t *testing.T) {
	for want, change := range map[string]func(*config.File){
		"interrupt the bus of ECU bcm: it is not simulated": func(f *config.File) { f.Simulation.ECUs = nil },
		"reset ECU other: it has no simulated reset line": func(f *config.File) {
			f.Switches["reset"] = config.Switch{Pin: "virtual:reset", Function: config.Reset, ECU: "other"}
		},
		"short bus real: it is not virtual": func(f *config.File) {
			f.Buses["real"] = config.Bus{Address: "socketcan:can0"}
			f.Switches["body-short"] = config.Switch{Pin: "virtual:short", Function: config.CANShort, Bus: "real"}
		},
	} {
		f, err := config.Parse(embedded.Name, embedded.UnitYAML)
		if err != nil {
			t.Fatal(err)
		}
		change(f)
		if _, err := embedded.New(f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
