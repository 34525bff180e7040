package config

import (
	"maps"
	"slices"
	"strings"

	"otabench/can"
	"otabench/ecu/sim"
)

// validate finds what is wrong between the parts of a file that are right by themselves.
func (f *File) validate(c *checker) {
	for name, r := range f.Rails {
		f.validateRail(c, "rails."+name, r)
	}
	for name, b := range f.Buses {
		if b.Configure && b.Bitrate == 0 {
			c.at("buses."+name+".configure", "there is no bitrate to configure")
		}
		if b.DataBitrate > 0 && b.DataBitrate < b.Bitrate {
			c.at("buses."+name+".data_bitrate", "want at least the bitrate, %d", b.Bitrate)
		}
		f.validateRestBus(c, "buses."+name, b)
	}
	if len(f.ECUs) == 0 {
		c.at("ecus", "want at least one unit under test")
	}
	for name, e := range f.ECUs {
		f.validateECU(c, "ecus."+name, e)
	}
	if b := f.Battery; b != nil {
		refer(c, "battery.bus", b.Bus, f.Buses)
		if b.ID > can.MaxStandardID {
			c.at("battery.id", "identifier %#x is over %#x", b.ID, can.MaxStandardID)
		}
		if b.Cycle <= 0 {
			c.at("battery.cycle", "want a time above 0")
		}
	}
	for name, s := range f.Supplies {
		validateSupply(c, "supplies."+name, s)
		s.validateWatchdog(c, "supplies."+name)
	}
	f.validateSwitches(c)
	f.validateCalibrations(c)
	f.validateSharing(c)
	f.validateVehicle(c)
	f.validateSimulation(c)
	f.validateCatalogues(c)
}

func (f *File) validateRail(c *checker, path string, r Rail) {
	refer(c, path+".supply", r.Supply, f.Supplies)
	if r.Switch != "" {
		refer(c, path+".switch", r.Switch, f.Switches)
	}
	if r.Sensor != "" {
		refer(c, path+".sensor", r.Sensor, f.Sensors)
	}
	l := r.Limits
	if l.Voltage <= 0 {
		c.at(path+".limits.voltage", "want a voltage above 0V")
	} else if r.Nominal <= 0 || r.Nominal > l.Voltage {
		c.at(path+".nominal", "%s is outside the rail's own limits; accepted: above 0V up to %s", r.Nominal, l.Voltage)
	}
	if l.Current <= 0 {
		c.at(path+".limits.current", "want a current above 0A")
	}
	f.validateProtections(c, path+".limits", l, f.Supplies[r.Supply])
}

func (f *File) validateECU(c *checker, path string, e ECU) {
	refer(c, path+".bus", e.Bus, f.Buses)
	refer(c, path+".rail", e.Rail, f.Rails)
	if e.DescriptionFile == "" { // which was checked when it was read
		for _, p := range e.Description.Validate() {
			c.at(path+".description."+p.Path, "%s", p.Text)
		}
	}
	for _, before := range e.After {
		refer(c, path+".after", before, f.ECUs)
	}
	for role, source := range e.Packages {
		if source == "" {
			c.at(path+".packages."+role, "want a file or example:NAME")
		}
	}
}

// validateSharing finds devices that two roles would fight over.
func (f *File) validateSharing(c *checker) {
	type output struct {
		supply  string
		channel int
	}
	outputs, pins := map[output]string{}, map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(f.Rails)) {
		r := f.Rails[name]
		key := output{r.Supply, r.Channel}
		if other, taken := outputs[key]; taken {
			c.at("rails."+name+".channel", "channel %d of %s already feeds rail %s", r.Channel, r.Supply, other)
		}
		outputs[key] = name
	}
	for _, name := range slices.Sorted(maps.Keys(f.Switches)) {
		pin := f.Switches[name].Pin
		if other, taken := pins[pin]; taken {
			c.at("switches."+name+".pin", "%s already drives switch %s", pin, other)
		}
		pins[pin] = name
	}
}

func (f *File) validateSimulation(c *checker) {
	if f.Simulation == nil {
		if path := f.virtualAddress(); path != "" {
			c.at(path, "a virtual: address needs a simulation section that says what stands behind it")
		}
		return
	}
	for name := range f.Simulation.Rails {
		refer(c, "simulation.rails."+name, name, f.Rails)
	}
	for name := range f.Simulation.Switches {
		refer(c, "simulation.switches."+name, name, f.Switches)
	}
	for name := range f.Simulation.ECUs {
		f.validateSimulated(c, "simulation.ecus."+name, name)
	}
	for name, m := range f.Simulation.Models {
		f.validateModel(c, "simulation.models."+name, name, m)
	}
	for name, d := range f.Simulation.Described {
		f.validateDescribed(c, "simulation.described."+name, name, d)
	}
}

func (f *File) validateSimulated(c *checker, path, role string) {
	refer(c, path, role, f.ECUs)
	if bus := f.ECUs[role].Bus; f.Buses[bus].Address != "" && !IsVirtual(f.Buses[bus].Address) {
		c.at(path, "its bus %s is not virtual; on another bus, run the ECU with otabench sim ecu", bus)
	}
}

// validateOnly checks what is simulated otherwise than under simulation.ecus, where it must not be as well.
func (f *File) validateOnly(c *checker, path, role, pkg string) {
	f.validateSimulated(c, path, role)
	if _, twice := f.Simulation.ECUs[role]; twice {
		c.at(path, "it is simulated under simulation.ecus as well")
	}
	if pkg != "" {
		refer(c, path+".package", pkg, f.ECUs[role].Packages)
	}
}

func (f *File) validateModel(c *checker, path, role string, m Model) {
	f.validateOnly(c, path, role, m.Package)
	if f.Describes(role) {
		c.at(path, "it is simulated under simulation.described as well")
	}
}

func (f *File) validateDescribed(c *checker, path, role string, d Described) {
	f.validateOnly(c, path, role, d.Package)
	if d.ReplayBus != "" && d.Replay == "" {
		c.at(path+".replay_bus", "there is no trace to replay")
	}
	for name := range d.Values {
		refer(c, path+".values."+name, name, f.ECUs[role].Description.Known())
	}
}

// virtualAddress returns the path of the first address other than a bus's that only a simulation can serve.
func (f *File) virtualAddress() string {
	for _, name := range slices.Sorted(maps.Keys(f.Supplies)) {
		if IsVirtual(f.Supplies[name].Address) {
			return "supplies." + name + ".address"
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Switches)) {
		if IsVirtual(f.Switches[name].Pin) {
			return "switches." + name + ".pin"
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Sensors)) {
		if IsVirtual(f.Sensors[name].Address) {
			return "sensors." + name + ".address"
		}
	}
	return ""
}

// Simulated reports whether all devices of the bench are simulated.
func (f *File) Simulated() bool {
	var addresses []string
	for _, c := range f.Buses {
		addresses = append(addresses, c.Address)
	}
	for _, c := range f.Supplies {
		addresses = append(addresses, c.Address)
	}
	for _, c := range f.Switches {
		addresses = append(addresses, c.Pin)
	}
	for _, c := range f.Sensors {
		addresses = append(addresses, c.Address)
	}
	for _, c := range f.ECUs {
		if c.Console != "" {
			addresses = append(addresses, c.Console)
		}
	}
	if v := f.Vehicle; v != nil {
		addresses = append(addresses, v.Backend.Address)
		if v.Master.Console != "" {
			addresses = append(addresses, v.Master.Console)
		}
	}
	return !slices.ContainsFunc(addresses, func(a string) bool { return !IsVirtual(a) })
}

// Simulates reports whether an ECU role is simulated, of whatever kind.
func (f *File) Simulates(role string) bool {
	if f.Simulation == nil {
		return false
	}
	_, whole := f.Simulation.ECUs[role]
	return whole || f.Model(role) != "" || f.Describes(role)
}

// Model returns the model that an ECU role is simulated as; nothing if it is not one.
func (f *File) Model(role string) string {
	if f.Simulation == nil {
		return ""
	}
	return f.Simulation.Models[role].Model
}

// Describes reports whether an ECU role is simulated by its description alone.
func (f *File) Describes(role string) bool {
	if f.Simulation == nil {
		return false
	}
	_, described := f.Simulation.Described[role]
	return described
}

// SimulatedECU returns the simulation of an ECU role, and false if there is none.
func (f *File) SimulatedECU(role string) (sim.Config, bool) {
	if f.Simulation == nil {
		return sim.Config{}, false
	}
	c, ok := f.Simulation.ECUs[role]
	return c, ok
}

// IsVirtual reports whether an address is served by the simulation.
func IsVirtual(address string) bool { return strings.HasPrefix(address, "virtual:") }

// at reports a problem at a path, or at the nearest place above it that the file has.
func (c *checker) at(path, format string, args ...any) {
	c.problem(nearest(c.places, path), path, format, args...)
}

// refer checks that name is a role of the given kind.
func refer[T any](c *checker, path, name string, roles map[string]T) {
	if _, ok := roles[name]; !ok {
		c.at(path, "there is no %q; defined: %s", name, list(slices.Sorted(maps.Keys(roles))))
	}
}
