package config

import (
	"maps"
	"slices"
	"time"
)

// SecondRail is a rail that can feed the units of another one.
type SecondRail struct {
	Rail   string `yaml:"rail" jsonschema:"description=role of the other rail; it feeds no units of its own and has no switch"`
	Switch string `yaml:"switch" jsonschema:"description=role of the switch with the function changeover; at rest each rail feeds its own units"`
	// Latency and Transition are assumed where they are left out.
	Latency    time.Duration `yaml:"latency,omitempty" jsonschema:"description=from a command to the moved contact"`
	Transition time.Duration `yaml:"transition,omitempty" jsonschema:"description=longest time in which the terminals go from the voltage of one rail to that of the other"`
}

// validateChangeovers holds what can feed two ways to what a bench can make safe.
func (f *File) validateChangeovers(c *checker) {
	rails, switches := map[string]string{}, map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(f.Rails)) {
		second := f.Rails[name].Changeover
		if second == nil {
			continue
		}
		path := "rails." + name + ".changeover"
		refer(c, path+".rail", second.Rail, f.Rails)
		refer(c, path+".switch", second.Switch, f.Switches)
		other := f.Rails[second.Rail]
		if s, ok := f.Switches[second.Switch]; ok && s.Function != Changeover {
			c.at(path+".switch", "%s is a %s switch; want one with the function %s", second.Switch, s.Function, Changeover)
		}
		switch {
		case second.Rail == name:
			c.at(path+".rail", "want another rail than %s itself", name)
		case other.Changeover != nil || other.Switch != "":
			c.at(path+".rail", "%s has a switch of its own; want a rail that ends at the changeover", second.Rail)
		case other.Limits.Voltage > f.Rails[name].Limits.Voltage:
			c.at(path+".rail", "%s may be set to %s, and %s only takes %s", second.Rail, other.Limits.Voltage, name, f.Rails[name].Limits.Voltage)
		}
		if user, taken := rails[second.Rail]; taken {
			c.at(path+".rail", "%s changes over to it already", user)
		}
		if user, taken := switches[second.Switch]; taken {
			c.at(path+".switch", "%s uses it already", user)
		}
		rails[second.Rail], switches[second.Switch] = name, name
	}
	for _, ecu := range slices.Sorted(maps.Keys(f.ECUs)) {
		if user, taken := rails[f.ECUs[ecu].Rail]; taken {
			c.at("ecus."+ecu+".rail", "%s is there for %s to change over to, and feeds no unit of its own", f.ECUs[ecu].Rail, user)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Switches)) {
		if f.Switches[name].Function == Changeover && switches[name] == "" {
			c.at("switches."+name+".function", "no rail changes over with it; name it as rails.*.changeover.switch")
		}
	}
}
