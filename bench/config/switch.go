package config

import (
	"maps"
	"slices"
	"strings"
)

// Switch is a contact on a GPIO line.
type Switch struct {
	Pin       string `yaml:"pin" jsonschema:"description=gpio:NAME or virtual:NAME"`
	ActiveLow bool   `yaml:"active_low,omitempty" jsonschema:"description=the relay is driven when the line is low"`
	// Function is what the contact does on the bench.
	Function Function `yaml:"function,omitempty" jsonschema:"description=what the contact does; supply if left out,enum=supply,enum=kl15,enum=can-open,enum=can-short,enum=charger,enum=changeover,enum=reset"`
	// Contact is how the contact is wired: the state that it has when nothing drives it.
	Contact string `yaml:"contact,omitempty" jsonschema:"description=normally-closed for can-open and normally-open for all others; there to be checked against the wiring,enum=normally-open,enum=normally-closed"`
	// Line is what is interrupted or shorted.
	Line string `yaml:"line,omitempty" jsonschema:"description=of can-open: h or l or both; of can-short: h-l or h-ground or h-battery or l-ground or l-battery"`
	// Bus of a CAN fault, and the ECU that is cut off by can-open or switched by kl15.
	Bus string `yaml:"bus,omitempty" jsonschema:"description=role of the bus that can-short shorts"`
	ECU string `yaml:"ecu,omitempty" jsonschema:"description=role of the ECU that can-open takes off its bus or reset holds in reset or that kl15 or charger leads to"`
}

// Function is what a switch does on a bench.
type Function string

// Functions.
const (
	// SupplyLine switches a supply line, KL30.
	SupplyLine Function = "supply"
	// KL15 switches the line that tells an ECU of the ignition.
	KL15 Function = "kl15"
	// CANOpen interrupts one or both wires between an ECU and its bus.
	CANOpen Function = "can-open"
	// CANShort connects the wires of a bus to each other, to ground or to the battery.
	CANShort Function = "can-short"
	// Charger closes the contact of the charger's plug.
	Charger Function = "charger"
	// Changeover lets another supply line feed the units of one.
	Changeover Function = "changeover"
	// Reset pulls an ECU's reset line: the ECU is in reset while the contact is closed.
	Reset Function = "reset"
)

// How a contact is wired.
const (
	NormallyOpen   = "normally-open"
	NormallyClosed = "normally-closed"
)

// functions say what is accepted for each function.
var functions = map[Function]struct {
	lines           []string // the first is the default
	needBus, mayECU bool
	needECU         bool
}{
	SupplyLine: {},
	KL15:       {mayECU: true},
	CANOpen:    {lines: []string{"both", "h", "l"}, needECU: true},
	CANShort:   {lines: []string{"h-l", "h-ground", "h-battery", "l-ground", "l-battery"}, needBus: true},
	Charger:    {mayECU: true},
	Changeover: {},
	Reset:      {needECU: true},
}

// ClosedAtRest is the state of the contact while nothing drives it, in which the harness is whole and nothing is fed.
func (s Switch) ClosedAtRest() bool { return s.Function == CANOpen }

// Does says what the contact does.
func (s Switch) Does() string {
	text := string(s.Function)
	for _, part := range []string{s.Line, s.Bus, s.ECU} {
		if part != "" {
			text += " " + part
		}
	}
	return text
}

// withDefaults fills in what may be left out.
func (s Switch) withDefaults() Switch {
	if s.Function == "" {
		s.Function = SupplyLine
	}
	if s.Contact == "" {
		s.Contact = s.contact()
	}
	if lines := functions[s.Function].lines; s.Line == "" && len(lines) > 0 {
		s.Line = lines[0]
	}
	return s
}

func (s Switch) contact() string {
	if s.ClosedAtRest() {
		return NormallyClosed
	}
	return NormallyOpen
}

func (f *File) validateSwitch(c *checker, path string, s Switch) {
	kind, ok := functions[s.Function]
	if !ok {
		return // which the schema has refused
	}
	if want := s.contact(); s.Contact != want {
		c.at(path+".contact", "a %s switch has to be %s, so that the bench is safe and the harness whole when nothing drives it",
			s.Function, want)
	}
	switch {
	case len(kind.lines) == 0 && s.Line != "":
		c.at(path+".line", "a %s switch has no line to choose", s.Function)
	case len(kind.lines) > 0 && !slices.Contains(kind.lines, s.Line):
		c.at(path+".line", "%q is not accepted for %s; accepted values: %s", s.Line, s.Function, strings.Join(kind.lines, ", "))
	}
	f.validateSwitchTarget(c, path, s)
	if IsVirtual(s.Pin) {
		validateVirtualSwitch(c, path, s)
	}
}

// validateSwitchTarget checks what a switch acts on.
func (f *File) validateSwitchTarget(c *checker, path string, s Switch) {
	kind := functions[s.Function]
	switch {
	case kind.needBus:
		refer(c, path+".bus", s.Bus, f.Buses)
	case s.Bus != "":
		c.at(path+".bus", "a %s switch acts on no bus", s.Function)
	}
	switch {
	case kind.needECU, kind.mayECU && s.ECU != "":
		refer(c, path+".ecu", s.ECU, f.ECUs)
	case s.ECU != "":
		c.at(path+".ecu", "a %s switch acts on no ECU", s.Function)
	}
}

// validateVirtualSwitch refuses what the simulation does not have.
func validateVirtualSwitch(c *checker, path string, s Switch) {
	if s.ActiveLow {
		c.at(path+".active_low", "a simulated line is active high")
	}
	if s.Function == KL15 {
		c.at(path+".function", "a simulated ECU has no KL15 input")
	}
}

// validateSwitches checks all switches, and that those of supply lines are the ones that rails name.
func (f *File) validateSwitches(c *checker) {
	for _, name := range slices.Sorted(maps.Keys(f.Switches)) {
		f.validateSwitch(c, "switches."+name, f.Switches[name])
	}
	for _, name := range slices.Sorted(maps.Keys(f.Rails)) {
		s, ok := f.Switches[f.Rails[name].Switch]
		if ok && s.Function != SupplyLine {
			c.at("rails."+name+".switch", "%s is a %s switch; want one with the function %s", f.Rails[name].Switch, s.Function, SupplyLine)
		}
	}
	f.validateChangeovers(c)
}
