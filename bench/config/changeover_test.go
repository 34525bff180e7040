package config_test

import (
	"strings"
	"testing"

	"otabench/bench/config"
	"otabench/bench/embedded"
)

func TestChangeoverIsValidated(t *testing.T) {
	const good = "  kl30-low: {supply: other, channel: 1, nominal: 9V, limits: {voltage: 18V, current: 3A, ovp: 19V, ocp: 3.2A}}\n"
	base := strings.Replace(string(embedded.UnitYAML), "    sensor: terminals\n",
		"    sensor: terminals\n    changeover: {rail: kl30-low, switch: change, latency: 3ms}\n"+good, 1)
	base = strings.Replace(base, "supplies:\n", "supplies:\n  other: {model: rigol-dp832, address: \"virtual:other\"}\n", 1)
	base = strings.Replace(base, "  plug: {", "  change: {pin: \"virtual:change\", function: changeover}\n  plug: {", 1)
	f, err := config.Parse("bench.yaml", []byte(base))
	if err != nil || f.Rails["kl30"].Changeover.Rail != "kl30-low" {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ old, new, want string }{
		"itself":              {"changeover: {rail: kl30-low", "changeover: {rail: kl30", "want another rail than kl30 itself"},
		"no such rail":        {"changeover: {rail: kl30-low", "changeover: {rail: kl31", "kl31"},
		"wrong function":      {"switch: change, latency", "switch: plug, latency", "want one with the function changeover"},
		"no such switch":      {"switch: change, latency", "switch: chance, latency", "chance"},
		"a switch of its own": {"kl30-low: {supply: other,", "kl30-low: {supply: other, switch: main,", "has a switch of its own"},
		"above the main rail": {"limits: {voltage: 18V, current: 3A, ovp: 19V, ocp: 3.2A}}", "limits: {voltage: 20V, current: 3A, ovp: 21V, ocp: 3.2A}}", "kl30 only takes 18V"},
		"feeds a unit":        {"    rail: kl30\n", "    rail: kl30-low\n", "feeds no unit of its own"},
	} {
		text := strings.Replace(base, tt.old, tt.new, 1)
		if text == base {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := config.Parse("bench.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	unused := strings.Replace(base, "    changeover: {rail: kl30-low, switch: change, latency: 3ms}\n", "", 1)
	if _, err := config.Parse("bench.yaml", []byte(unused)); err == nil || !strings.Contains(err.Error(), "no rail changes over with it") {
		t.Errorf("unused: %v", err)
	}
}
