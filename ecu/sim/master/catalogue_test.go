package master

import (
	"crypto/x509"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"otabench/ecu/ota/cloud"
)

// declared are the faults that fault.go names.
func declared(t *testing.T) map[Fault]bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "fault.go", nil, 0)
	must(t, err)
	all := map[Fault]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Fault" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			must(t, err)
			all[Fault(text)] = true
		}
		return true
	})
	return all
}

func TestEveryFaultHasItsStory(t *testing.T) {
	names, stories := map[Fault]bool{}, map[string]bool{}
	for _, d := range Catalogue() {
		if names[d.Name] || stories[d.Story] {
			t.Errorf("%s is there twice", d.Name)
		}
		names[d.Name], stories[d.Story] = true, true
		if !strings.HasPrefix(string(d.Name), "ota-") || !strings.HasPrefix(d.Group, "update master: ") || !strings.HasSuffix(d.Story, ".") {
			t.Errorf("%+v", d)
		}
	}
	all := declared(t)
	for f := range all {
		if !names[f] {
			t.Errorf("%s has no story", f)
		}
	}
	if len(all) == 0 || len(all) != len(names) {
		t.Errorf("%d faults are declared, and %d described", len(all), len(names))
	}
}

func TestNewRefuses(t *testing.T) {
	good := Config{Behind: []Behind{{Name: "vcu"}}, Credentials: cloud.Credentials{VIN: "V", Authorities: x509.NewCertPool()}}
	for want, change := range map[string]func(*Config){
		"no ECU":               func(c *Config) { c.Behind = nil },
		"no credentials":       func(c *Config) { c.Credentials = cloud.Credentials{} },
		"attempts 16; 1 to":    func(c *Config) { c.Attempts = maxAttempts + 1 },
		"attempts -1; 1 to":    func(c *Config) { c.Attempts = -1 },
		`"ota-none" is none; `: func(c *Config) { c.Faults = []Fault{NoRetry, "ota-none"} },
	} {
		c := good
		change(&c)
		if _, err := New(c, Surroundings{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	for _, d := range Catalogue() {
		good.Faults = append(good.Faults, d.Name)
	}
	m, err := New(good, Surroundings{})
	must(t, err)
	if m.cfg.Gates.MinCharge != 30 || m.cfg.Gates.MinVoltage != 0 {
		t.Errorf("one too low and one too high is %v; the voltage %v", m.cfg.Gates.MinCharge, m.cfg.Gates.MinVoltage)
	}
}
