package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"otabench/bench/config"
)

// simulated is the good file on a virtual bus with an ECU that is simulated by its description.
func simulated(t *testing.T, described string) []byte {
	t.Helper()
	text := string(with(t, `"socketcan:can0", bitrate: 500000`, `"virtual:body"`))
	return []byte(text + "simulation:\n  described:\n    bcm: " + described + "\n")
}

func TestDescribed(t *testing.T) {
	f, err := config.Parse("dir/b.yaml", simulated(t, "{package: next, replay: a.blf, replay_bus: body, values: {vin: X}, boot: 1s}"))
	if err != nil {
		t.Fatal(err)
	}
	if !f.Describes("bcm") || !f.Simulates("bcm") || f.Simulates("tcm") {
		t.Error("it is not simulated")
	}
	if got := f.Path(f.Simulation.Described["bcm"].Replay); got != filepath.Join("dir", "a.blf") || f.Path("/a") != "/a" {
		t.Errorf("the trace is %s", got)
	}
	for described, want := range map[string]string{
		"{package: last}":       `simulation.described.bcm.package: there is no "last"; defined: current, next`,
		"{replay_bus: body}":    "there is no trace to replay",
		"{values: {colour: X}}": `there is no "colour"`,
		"{boot: -1s}":           "is not a time",
		"{}\n    tcm: {}":       `simulation.described.tcm: there is no "tcm"`,
		"{}\n  ecus: {bcm: {}}": "simulated under simulation.ecus as well",
	} {
		if got := problems(t, simulated(t, described)); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %q", described, got, want)
		}
	}
	for models, want := range map[string]string{
		"{bcm: {model: inverter}}":                "simulated under simulation.described as well",
		"{bcm: {model: toaster}}":                 "inverter",
		"{bcm: {model: inverter, package: last}}": `there is no "last"`,
	} {
		if got := problems(t, simulated(t, "{}\n  models: "+models)); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %q", models, got, want)
		}
	}
	real := strings.Replace(string(simulated(t, "{}")), `"virtual:body"`, `"socketcan:can0"`, 1)
	if got := problems(t, []byte(real)); !strings.Contains(got, "its bus body is not virtual") {
		t.Errorf("on a real bus: %s", got)
	}
}
