package config_test

import (
	"strings"
	"testing"

	"otabench/bench/config"
)

func TestSwitchDefaults(t *testing.T) {
	f, err := config.Parse("b.yaml", with(t, `  main: {pin: "gpio:GPIO17"}`, `  main: {pin: "gpio:GPIO17"}
  ignition: {pin: "gpio:GPIO18", function: kl15, ecu: bcm}
  cut: {pin: "gpio:GPIO19", function: can-open, contact: normally-closed, ecu: bcm, line: h}
  short: {pin: "gpio:GPIO20", function: can-short, bus: body}
  plug: {pin: "gpio:GPIO21", function: charger}
  reset: {pin: "gpio:GPIO22", function: reset, ecu: bcm}`))
	if err != nil {
		t.Fatal(err)
	}
	for role, want := range map[string]struct {
		does, contact string
		closed        bool
	}{
		"main":     {"supply", config.NormallyOpen, false},
		"ignition": {"kl15 bcm", config.NormallyOpen, false},
		"cut":      {"can-open h bcm", config.NormallyClosed, true},
		"short":    {"can-short h-l body", config.NormallyOpen, false},
		"plug":     {"charger", config.NormallyOpen, false},
		"reset":    {"reset bcm", config.NormallyOpen, false},
	} {
		s := f.Switches[role]
		if s.Does() != want.does || s.Contact != want.contact || s.ClosedAtRest() != want.closed {
			t.Errorf("%s: %s, %s, closed at rest %v; want %+v", role, s.Does(), s.Contact, s.ClosedAtRest(), want)
		}
	}
}

func TestBadSwitches(t *testing.T) {
	for name, tc := range map[string]struct{ options, want string }{
		"unknown function":       {"function: fan", `switches.other.function: "fan" is not accepted; accepted values: supply, kl15, can-open, can-short, charger, changeover, reset`},
		"closed supply line":     {"contact: normally-closed", "switches.other.contact: a supply switch has to be normally-open, so that the bench is safe"},
		"open bus":               {"function: can-open, ecu: bcm, contact: normally-open", "a can-open switch has to be normally-closed"},
		"unknown contact":        {"contact: changeover", `"changeover" is not accepted; accepted values: normally-open, normally-closed`},
		"open without an ECU":    {"function: can-open", `switches.other.ecu: there is no ""; defined: bcm`},
		"reset without an ECU":   {"function: reset", `switches.other.ecu: there is no ""; defined: bcm`},
		"closed reset":           {"function: reset, ecu: bcm, contact: normally-closed", "a reset switch has to be normally-open"},
		"short without a bus":    {"function: can-short", `there is no ""; defined: body`},
		"open of a bus":          {"function: can-open, ecu: bcm, bus: body", "switches.other.bus: a can-open switch acts on no bus"},
		"short of an ECU":        {"function: can-short, bus: body, ecu: bcm", "switches.other.ecu: a can-short switch acts on no ECU"},
		"KL15 of another ECU":    {"function: kl15, ecu: ecm", `there is no "ecm"; defined: bcm`},
		"supply of an ECU":       {"ecu: bcm", "a supply switch acts on no ECU"},
		"line of a plug":         {"function: charger, line: h", "a charger switch has no line to choose"},
		"open of the wrong line": {"function: can-open, ecu: bcm, line: h-l", `"h-l" is not accepted for can-open; accepted values: both, h, l`},
	} {
		t.Run(name, func(t *testing.T) {
			text := with(t, `  main: {pin: "gpio:GPIO17"}`, "  main: {pin: \"gpio:GPIO17\"}\n  other: {pin: \"gpio:GPIO18\", "+tc.options+"}")
			if got := problems(t, text); !strings.Contains(got, tc.want) || !strings.Contains(got, "b.yaml:8:") {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
	for name, tc := range map[string]struct{ pin, want string }{
		"rail with another switch": {`"gpio:GPIO17", function: kl15`, "rails.kl30.switch: main is a kl15 switch; want one with the function supply"},
		"simulated KL15":           {`"virtual:main", function: kl15`, "switches.main.function: a simulated ECU has no KL15 input"},
		"simulated active low":     {`"virtual:main", active_low: true`, "switches.main.active_low: a simulated line is active high"},
	} {
		if got := problems(t, with(t, `"gpio:GPIO17"`, tc.pin)); !strings.Contains(got, tc.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, tc.want)
		}
	}
}
