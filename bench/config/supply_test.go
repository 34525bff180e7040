package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otabench/bench/config"
)

// withSupply is the good bench file with another supply and other limits.
func withSupply(supply, limits string) []byte {
	text := strings.Replace(good, `{model: rigol-dp832, address: "tcp:192.0.2.1:5555"}`, supply, 1)
	return []byte(strings.Replace(text, "{voltage: 16V, current: 3A, ovp: 17V, ocp: 3.2A}", limits, 1))
}

func TestLimitsFollowTheSupply(t *testing.T) {
	const all = "{voltage: 16V, current: 3A, ovp: 17V, ocp: 3.2A}"
	for name, tc := range map[string]struct{ model, limits, want string }{
		"both":             {"rigol-dp832", all, ""},
		"OVP left out":     {"rigol-dp832", "{voltage: 16V, current: 3A, ocp: 3.2A}", "rails.kl30.limits: ovp is missing: the voltage at which rigol-dp832 switches off"},
		"OCP left out":     {"rigol-dp832", "{voltage: 16V, current: 3A, ovp: 17V}", "rails.kl30.limits: ocp is missing"},
		"none, none":       {"korad-ka3005p", "{voltage: 16V, current: 3A}", ""},
		"none, OVP":        {"korad-ka3005p", "{voltage: 16V, current: 3A, ovp: 17V}", "rails.kl30.limits.ovp: korad-ka3005p has no overvoltage protection that can be set"},
		"none, OCP":        {"siglent-spd3303x", "{voltage: 16V, current: 3A, ocp: 3.2A}", "rails.kl30.limits.ocp: siglent-spd3303x has no overcurrent protection"},
		"fuse":             {"rs-hmp4040", "{voltage: 16V, current: 3A, ovp: 17V, ocp: 3A}", ""},
		"fuse, other":      {"rs-hmp4040", all, "rails.kl30.limits.ocp: rs-hmp4040 switches off at its current limit and at no other current: want 3A"},
		"nobody knows yet": {"auto", all, ""},
	} {
		_, err := config.Parse("b.yaml", withSupply(`{model: `+tc.model+`, address: "tcp:192.0.2.1:5555"}`, tc.limits))
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
}

const described = `identity: {pattern: '^ACME,PSU1,'}
channels: [{voltage: 30V, current: 5A}]
voltage: {set: "VOLT {v}", get: "VOLT?"}
current: {set: "CURR {v}", get: "CURR?"}
output: {"on": "OUTP 1", "off": "OUTP 0", state: "OUTP?"}
measure: {voltage: "MEAS:VOLT?", current: "MEAS:CURR?"}
`

func TestDescribedSupply(t *testing.T) {
	const limits = "{voltage: 16V, current: 3A}"
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.WriteFile(filepath.Join(dir, "psu.yaml"), []byte(described), 0o600))
	must(os.WriteFile(filepath.Join(dir, "b.yaml"), withSupply(
		`{model: generic, address: "tcp:192.0.2.1:5025", description_file: psu.yaml}`, limits), 0o600))
	f, _, err := config.Load(filepath.Join(dir, "b.yaml"))
	must(err)
	if d := f.Supplies["psu"].Description; d.Voltage.Set != "VOLT {v}" || len(d.Channels) != 1 {
		t.Errorf("description = %+v", d)
	}

	for name, tc := range map[string]struct{ supply, want string }{
		"none":          {`{model: generic, address: "tcp:a:1"}`, "b.yaml:5:8: supplies.psu: want either description or description_file"},
		"of a driver":   {`{model: rigol-dp832, address: "tcp:a:1", description_file: psu.yaml}`, "supplies.psu: only a supply of the model generic is described"},
		"no such file":  {`{model: generic, address: "tcp:a:1", description_file: none.yaml}`, "none.yaml"},
		"inline, wrong": {`{model: generic, address: "tcp:a:1", description: {identity: {pattern: "("}}}`, "supplies.psu.description.channels"},
	} {
		_, err := config.Parse(filepath.Join(dir, "b.yaml"), withSupply(tc.supply, limits))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
}

func TestDescriptionOfASupplyIsStrict(t *testing.T) {
	for name, tc := range map[string]struct{ old, replacement, want string }{
		"unknown key":      {"identity:", "identify:", "psu.yaml:1:1: identify"},
		"wrong unit":       {"voltage: 30V", "voltage: 30A", `psu.yaml:2:22: channels[0].voltage: "30A" is not a voltage`},
		"no placeholder":   {"VOLT {v}", "VOLT", `psu.yaml:3:16: voltage.set: "VOLT" does not contain {v}`},
		"no expression":    {"'^ACME,PSU1,'", "'('", `psu.yaml:1:21: identity.pattern: "(" is no regular expression`},
		"left out":         {`, state: "OUTP?"`, "", "psu.yaml:5:9: output.state: is missing"},
		"wrong terminator": {"voltage: {set", "link: {terminator: eot}\nvoltage: {set", `psu.yaml:3:20: link.terminator: "eot" is not accepted`},
	} {
		text := strings.Replace(described, tc.old, tc.replacement, 1)
		_, err := config.ParseSupply("psu.yaml", []byte(text))
		var wrong *config.Error
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
}

// The descriptions that the documentation shows.
func TestDescribedExamples(t *testing.T) {
	files, err := filepath.Glob("../examples/supplies/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, path := range files {
		if _, err := config.LoadSupply(path); err != nil {
			t.Error(err)
		}
	}
}

func FuzzParseSupply(f *testing.F) {
	f.Add([]byte(described))
	f.Add([]byte("identity: {pattern: '('}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := config.ParseSupply("psu.yaml", text)
		if err == nil && len(d.Validate()) > 0 {
			t.Errorf("%q is accepted with %v", text, d.Validate())
		}
	})
}
