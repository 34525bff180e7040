package config

import (
	"maps"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"

	"otabench/ecu/ota/cloud"
	"otabench/ecu/ota/dashboard"
	"otabench/ecu/ota/terminal"
	"otabench/ecu/sim/master"
)

// Vehicle is a vehicle with an update master and ECUs behind it, and the world around it that the bench plays.
type Vehicle struct {
	VIN string `yaml:"vin" jsonschema:"description=vehicle identification number"`
	// Master is the unit under test.
	Master Master `yaml:"master"`
	// Behind are the ECUs that the master programs, in the order of a campaign.
	Behind []string        `yaml:"behind" jsonschema:"description=roles of the ECUs that the master programs in the order of a campaign"`
	Users  map[string]User `yaml:"users" jsonschema:"description=accounts of the vehicle's users"`
	// Bus has the dashboard and the messages of the vehicle.
	Bus string `yaml:"bus" jsonschema:"description=role of the bus with the dashboard and the vehicle's messages"`
	// DBC names them. Its path is relative to the bench file.
	DBC string `yaml:"dbc,omitempty" jsonschema:"description=DBC file of that bus relative to the bench file; that of the embedded vehicle if left out"`
	// Present are nodes of the DBC file that are on the bench.
	Present   []string          `yaml:"present,omitempty" jsonschema:"description=nodes of the DBC file that are on the bench; the bench sends the cyclic messages of all others while the vehicle is awake"`
	Dashboard dashboard.Signals `yaml:"dashboard,omitempty"`
	World     World             `yaml:"world,omitempty"`
	Backend   Backend           `yaml:"backend"`
}

// Master is an update master.
type Master struct {
	Rail string `yaml:"rail" jsonschema:"description=role of its supply line"`
	// Console is its service console, which is a display if Terminal is given.
	Console  string           `yaml:"console,omitempty" jsonschema:"description=service console such as serial:DEVICE@BAUD or virtual:NAME"`
	Terminal *terminal.Config `yaml:"terminal,omitempty" jsonschema:"description=how views and touches look on the console"`
	// Displays are what a user has.
	Displays []string      `yaml:"displays,omitempty" jsonschema:"description=what a user has; dashboard and app if left out,enum=dashboard,enum=app,enum=console"`
	Boot     time.Duration `yaml:"boot,omitempty" jsonschema:"description=longest time from power-on to the first view; 10s if left out"`
	// Reaction is how long the master may take to show what has changed around it.
	Reaction time.Duration `yaml:"reaction,omitempty" jsonschema:"description=longest time in which a change around the master shows; 10s if left out"`
	Confirm  time.Duration `yaml:"confirm,omitempty" jsonschema:"description=longest time for which it waits for a confirmation; 1m if left out"`
	Retry    time.Duration `yaml:"retry,omitempty" jsonschema:"description=longest time from a failure to the next attempt; 1h if left out"`
	Attempts int           `yaml:"attempts,omitempty" jsonschema:"description=installations of an update before it is given up; 3 if left out,minimum=1"`
	// Update is how long a whole installation takes at most.
	Update    time.Duration `yaml:"update,omitempty" jsonschema:"description=longest time of an installation; 10m if left out"`
	MinCharge float64       `yaml:"min_charge,omitempty" jsonschema:"description=percent below which an update is refused without a charger; 30 if left out"`
	MinRate   int           `yaml:"min_rate,omitempty" jsonschema:"description=bit/s below which a connection is too weak; its limit is not tested if left out"`
	Storage   int64         `yaml:"storage,omitempty" jsonschema:"description=bytes for downloads; its limit is not tested if left out"`
}

// User is an account, and perhaps a profile of the dashboard.
type User struct {
	Profile     int      `yaml:"profile,omitempty" jsonschema:"description=number of the user's profile on the dashboard; none if left out"`
	Permissions []string `yaml:"permissions,omitempty" jsonschema:"description=what the user may decide on; update is updates"`
}

// MayUpdate says that the user may decide on updates.
func (u User) MayUpdate() bool { return slices.Contains(u.Permissions, cloud.MayUpdate) }

// World names signals of the DBC file, as "Message.Signal", by which the bench plays the rest of the vehicle. Those left out
// are as in the embedded vehicle's file.
type World struct {
	Speed    string `yaml:"speed,omitempty" jsonschema:"description=vehicle speed; ESP_Motion.Speed if left out"`
	Gear     string `yaml:"gear,omitempty" jsonschema:"description=gear with texts P and D; GW_Body.Gear if left out"`
	Ignition string `yaml:"ignition,omitempty" jsonschema:"description=ignition with texts off and on; GW_Body.Ignition if left out"`
	Doors    string `yaml:"doors,omitempty" jsonschema:"description=doors with texts closed and open; GW_Body.DoorsOpen if left out"`
	Time     string `yaml:"time,omitempty" jsonschema:"description=seconds since 1970 as the network tells them; GW_Clock.Time if left out"`
	Valid    string `yaml:"valid,omitempty" jsonschema:"description=0 while the network does not tell the time; GW_Clock.Valid if left out"`
	// Inhibit is what keeps the vehicle from being driven.
	Inhibit string `yaml:"inhibit,omitempty" jsonschema:"description=1 while the master wants the vehicle not to be driven; OTA_Control.DriveInhibit if left out"`
}

// Backend is the update backend that the bench plays, and the connection to it.
type Backend struct {
	// Address is where a real master reaches it, through the link.
	Address string `yaml:"address" jsonschema:"description=tcp:HOST:PORT on which the vehicle reaches the backend through the shaped link; virtual:NAME for a simulated master"`
	// Credentials is a folder for what a real master has to know of the backend.
	Credentials string `yaml:"credentials,omitempty" jsonschema:"description=folder into which the credentials of a real master are written; relative to the bench file"`
}

// What a master is taken for of which a bench file does not tell more.
const (
	masterBoot     = 10 * time.Second
	masterReaction = 10 * time.Second
	masterConfirm  = time.Minute
	masterRetry    = time.Hour
	masterUpdate   = 10 * time.Minute
	masterAttempts = 3
	masterCharge   = 30
)

// complete fills in what the file leaves out.
func (v *Vehicle) complete() {
	m := &v.Master
	for _, d := range []struct {
		value *time.Duration
		usual time.Duration
	}{
		{&m.Boot, masterBoot},
		{&m.Reaction, masterReaction},
		{&m.Confirm, masterConfirm},
		{&m.Retry, masterRetry},
		{&m.Update, masterUpdate},
	} {
		if *d.value == 0 {
			*d.value = d.usual
		}
	}
	if m.Attempts == 0 {
		m.Attempts = masterAttempts
	}
	if m.MinCharge == 0 {
		m.MinCharge = masterCharge
	}
	if len(m.Displays) == 0 {
		m.Displays = []string{Dashboard, App}
	}
}

// Displays of a user.
const (
	Dashboard = "dashboard"
	App       = "app"
	Terminal  = "console"
)

func (f *File) validateVehicle(c *checker) {
	v := f.Vehicle
	if v == nil {
		return
	}
	if !vin.MatchString(v.VIN) {
		c.at("vehicle.vin", "want up to 17 digits and capital letters")
	}
	refer(c, "vehicle.bus", v.Bus, f.Buses)
	refer(c, "vehicle.master.rail", v.Master.Rail, f.Rails)
	if len(v.Behind) == 0 {
		c.at("vehicle.behind", "want at least one ECU")
	}
	for i, role := range v.Behind {
		refer(c, "vehicle.behind", role, f.ECUs)
		if slices.Contains(v.Behind[:i], role) {
			c.at("vehicle.behind", "%q stands there twice", role)
		}
	}
	v.validateUsers(c)
	if f.Battery == nil {
		c.at("vehicle", "a vehicle needs the battery section, by which the bench plays its battery")
	}
	if slices.Contains(v.Master.Displays, Terminal) && v.Master.Console == "" {
		c.at("vehicle.master.displays", "there is no console")
	}
	v.validateAddress(c, f.SimulatedMaster() != nil)
}

// validateUsers wants somebody to decide, and the dashboard to tell users apart.
func (v *Vehicle) validateUsers(c *checker) {
	if !slices.ContainsFunc(slices.Collect(maps.Values(v.Users)), User.MayUpdate) {
		c.at("vehicle.users", "want at least one user with the permission %q", cloud.MayUpdate)
	}
	profiles := map[int]string{}
	for _, name := range slices.Sorted(maps.Keys(v.Users)) {
		profile := v.Users[name].Profile
		if other, ok := profiles[profile]; ok && profile != 0 {
			c.at("vehicle.users", "%s and %s have the same profile %d", other, name, profile)
		}
		profiles[profile] = name
	}
}

// validateAddress wants an address that the master can reach.
func (v *Vehicle) validateAddress(c *checker, simulated bool) {
	if simulated || IsVirtual(v.Backend.Address) {
		if simulated != IsVirtual(v.Backend.Address) {
			c.at("vehicle.backend.address", "want a virtual: address for a simulated master, and a tcp: address for a real one")
		}
		return
	}
	address, ok := strings.CutPrefix(v.Backend.Address, "tcp:")
	if _, _, err := net.SplitHostPort(address); !ok || err != nil {
		c.at("vehicle.backend.address", "want tcp:HOST:PORT for a real master; port 0 is any that is free")
	}
}

// vin is wider than ISO 3779, so that benches may name vehicles that no maker could.
var vin = regexp.MustCompile(`^[A-Z0-9]{1,17}$`)

// SimulatedMaster returns the simulation of the update master, nil if it is a real one.
func (f *File) SimulatedMaster() *master.Config {
	if f.Simulation == nil {
		return nil
	}
	return f.Simulation.Master
}
