package config

import (
	"cmp"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/ecu/description"
	"otabench/ecu/sim"
	"otabench/ecu/sim/master"
	"otabench/power/scpi"
)

// File is a bench file. Its maps are keyed by role name: the name by which specs and reports know a device.
type File struct {
	Name       string `yaml:"name" jsonschema:"description=name of the bench in records and reports"`
	Laboratory string `yaml:"laboratory,omitempty" jsonschema:"description=laboratory that appears in reports"`
	Location   string `yaml:"location,omitempty" jsonschema:"description=where the bench stands"`

	// Report is nil if nothing is stated.
	Report *Report `yaml:"report,omitempty" jsonschema:"description=what the laboratory states in reports; what is left out is reported as not stated"`

	Buses    map[string]Bus    `yaml:"buses" jsonschema:"description=CAN buses by role"`
	Supplies map[string]Supply `yaml:"supplies,omitempty" jsonschema:"description=programmable supplies by role"`
	Switches map[string]Switch `yaml:"switches,omitempty" jsonschema:"description=relays and high-side switches by role"`
	Sensors  map[string]Sensor `yaml:"sensors,omitempty" jsonschema:"description=voltage and current sensors at the harness by role"`
	Rails    map[string]Rail   `yaml:"rails" jsonschema:"description=supply lines of units under test by role"`
	ECUs     map[string]ECU    `yaml:"ecus" jsonschema:"description=units under test by role"`
	Battery  *Battery          `yaml:"battery,omitempty" jsonschema:"description=battery message that the bench sends in place of the vehicle"`

	Vehicle *Vehicle `yaml:"vehicle,omitempty" jsonschema:"description=vehicle with an update master that updates its ECUs by itself"`

	// Catalogues are empty for those of this version of otabench.
	Catalogues []Catalogue `yaml:"catalogues,omitempty" jsonschema:"description=catalogues of requirements that runs are judged by in the order of reports; all of otabench in the editions that are in force if left out"`

	Simulation *Simulation `yaml:"simulation,omitempty" jsonschema:"description=what stands behind virtual: addresses"`

	source source
}

// Bus is a CAN bus of the bench.
type Bus struct {
	Address string `yaml:"address" jsonschema:"description=socketcan:INTERFACE or socketcand://HOST:PORT/NAME or slcan:DEVICE@BITRATE[/DATA] or virtual:NAME"`
	Bitrate int    `yaml:"bitrate,omitempty" jsonschema:"description=bit/s; a virtual bus with one takes as long for each frame as a real one,minimum=10000,maximum=1000000"`
	// DataBitrate is that of the data phase of CAN FD frames.
	DataBitrate int `yaml:"data_bitrate,omitempty" jsonschema:"description=bit/s in the data phase of CAN FD frames; bitrate if left out,minimum=10000,maximum=8000000"`
	// Configure lets the bench set a kernel interface up. Otherwise it has to be up with these bit rates already.
	Configure bool `yaml:"configure,omitempty" jsonschema:"description=set the kernel's interface to these bit rates and bring it up when the bench is opened; needs CAP_NET_ADMIN"`
	// DBC names the messages and signals of the bus, for traces. Its path is relative to the bench file.
	DBC string `yaml:"dbc,omitempty" jsonschema:"description=DBC file with the messages of the bus, relative to the bench file"`
	// StampUncertainty is how far the time stamp of a frame may be off.
	StampUncertainty time.Duration `yaml:"stamp_uncertainty,omitempty" jsonschema:"description=how far the time stamp of a frame may be off; 500us for socketcan and 3ms for slcan and 10ms for socketcand if left out"`
	RestBus          *RestBus      `yaml:"restbus,omitempty" jsonschema:"description=messages that the bench sends in the place of ECUs that are not there; needs dbc"`
}

// Supply is a programmable power supply.
type Supply struct {
	Model   string `yaml:"model" jsonschema:"description=maker-model in lower case such as rigol-dp832; auto for the one that answers; generic for one that is described"`
	Address string `yaml:"address" jsonschema:"description=tcp:HOST:PORT or serial:DEVICE@BAUD or usbtmc:DEVICE or virtual:NAME"`
	Serial  string `yaml:"serial,omitempty" jsonschema:"description=serial number that the instrument must answer; any if left out"`
	// Description says how a generic supply is driven. DescriptionFile is a file with it, in its place.
	Description     scpi.Description `yaml:"description,omitempty"`
	DescriptionFile string           `yaml:"description_file,omitempty" jsonschema:"description=file with the description in place of it; relative to the bench file"`
	// Watchdog is the silence after which the instrument switches off by itself; nil is 10 s, and 0 leaves it alone.
	Watchdog *time.Duration `yaml:"watchdog,omitempty" jsonschema:"description=silence after which an instrument that has a watchdog switches all its outputs off by itself; 10s if left out; 0s leaves the watchdog alone"`
	// Uncertainty is that of its readings after the calibration; that of its data sheet where it says nothing.
	Uncertainty Uncertainty `yaml:"uncertainty,omitempty" jsonschema:"description=expanded uncertainty (k = 2) of its readings as its calibration certificate says; that of the data sheet if left out"`
	// Calibrated and Due are the days of its last and its next calibration.
	Calibrated Date `yaml:"calibrated,omitempty" jsonschema:"description=day of its last calibration such as 2026-03-01"`
	Due        Date `yaml:"due,omitempty" jsonschema:"description=day on which its next calibration is due; after it a run is reported with a deviation"`
}

// WatchdogTime is Watchdog, or what stands for it.
func (s Supply) WatchdogTime() time.Duration {
	if s.Watchdog == nil {
		return 10 * time.Second
	}
	return *s.Watchdog
}

// Sensor is a voltage and current sensor.
type Sensor struct {
	Model   string                    `yaml:"model" jsonschema:"enum=ina219,enum=ina226,enum=ina228"`
	Address string                    `yaml:"address" jsonschema:"description=i2c:BUS@ADDRESS such as i2c:1@0x40 or virtual:RAIL"`
	Shunt   physic.ElectricResistance `yaml:"shunt" jsonschema:"description=shunt resistance such as 10mOhm"`
	// ShuntTolerance is in percent.
	ShuntTolerance float64                `yaml:"shunt_tolerance,omitempty" jsonschema:"description=tolerance of the shunt in percent; 1 if left out,minimum=0,maximum=20"`
	MaxCurrent     physic.ElectricCurrent `yaml:"max_current" jsonschema:"description=largest current to be measured such as 8A"`
	// Uncertainty is that of its readings after the calibration; that of its data sheet where it says nothing.
	Uncertainty Uncertainty `yaml:"uncertainty,omitempty" jsonschema:"description=expanded uncertainty (k = 2) of its readings as its calibration certificate says; that of the data sheet if left out"`
	// Calibrated and Due are the days of its last and its next calibration.
	Calibrated Date `yaml:"calibrated,omitempty" jsonschema:"description=day of its last calibration such as 2026-03-01"`
	Due        Date `yaml:"due,omitempty" jsonschema:"description=day on which its next calibration is due; after it a run is reported with a deviation"`
}

// Rail is a supply line: an output of a supply, usually with a switch and a sensor in it.
type Rail struct {
	Supply  string                   `yaml:"supply" jsonschema:"description=role of the supply"`
	Channel int                      `yaml:"channel" jsonschema:"description=output of the supply as numbered on its front,minimum=1,maximum=8"`
	Nominal physic.ElectricPotential `yaml:"nominal" jsonschema:"description=voltage in normal operation such as 13.5V"`
	Limits  Limits                   `yaml:"limits"`
	Switch  string                   `yaml:"switch,omitempty" jsonschema:"description=role of the switch in the line; without one a cut is as slow as the supply"`
	Sensor  string                   `yaml:"sensor,omitempty" jsonschema:"description=role of the sensor at the terminals; without one nothing confirms that a rail is off"`
	// Discharge is the longest time in which the terminals fall below 1 V, with the ECU connected, once the switch is open.
	Discharge time.Duration `yaml:"discharge,omitempty" jsonschema:"description=longest time in which the terminals fall below 1 V once the switch is open; after that it counts as welded; 800ms if left out"`
	// Changeover is nil where only one supply can feed the rail.
	Changeover *SecondRail `yaml:"changeover,omitempty" jsonschema:"description=another rail that can feed the units of this one at once through a changeover switch"`
	// Stimulus says how fast the rail is, for voltage profiles.
	Stimulus Stimulus `yaml:"stimulus,omitempty" jsonschema:"description=what the rail can do to a voltage over time; assumed where left out"`
}

// DischargeTime is Discharge, or what stands for it: 800 ms, the slowest of common supplies without a load.
func (r Rail) DischargeTime() time.Duration { return cmp.Or(r.Discharge, 800*time.Millisecond) }

// Limits are what an output may never exceed.
type Limits struct {
	Voltage physic.ElectricPotential `yaml:"voltage" jsonschema:"description=largest voltage that may be set"`
	Current physic.ElectricCurrent   `yaml:"current" jsonschema:"description=current limit"`
	OVP     physic.ElectricPotential `yaml:"ovp,omitempty" jsonschema:"description=overvoltage protection; left out if the supply has none"`
	OCP     physic.ElectricCurrent   `yaml:"ocp,omitempty" jsonschema:"description=overcurrent protection; left out if the supply has none; the current limit if the supply trips there"`
}

// ECU is a unit under test.
type ECU struct {
	Bus     string `yaml:"bus" jsonschema:"description=role of its diagnostic bus"`
	Rail    string `yaml:"rail" jsonschema:"description=role of its supply line"`
	Console string `yaml:"console,omitempty" jsonschema:"description=serial:DEVICE@BAUD or virtual:NAME"`
	// Description says how it is addressed, unlocked and programmed. DescriptionFile is a file with it, in its place.
	Description     description.ECU   `yaml:"description,omitempty"`
	DescriptionFile string            `yaml:"description_file,omitempty" jsonschema:"description=file with the description in place of it; relative to the bench file"`
	Trust           string            `yaml:"trust,omitempty" jsonschema:"description=public key (PEM) that its signed packages must verify with; example for the embedded bench's"`
	Packages        map[string]string `yaml:"packages,omitempty" jsonschema:"description=firmware packages by role; each a file of a signed package or of a release (.yaml) or example:NAME"`
	// After are the ECUs that a campaign updates before this one.
	After []string `yaml:"after,omitempty" jsonschema:"description=roles of the ECUs that a campaign updates before this one"`

	descriptionText []byte
}

// Battery is a cyclic message that tells ECUs of the traction battery.
type Battery struct {
	Bus   string        `yaml:"bus" jsonschema:"description=role of the bus"`
	ID    uint32        `yaml:"id" jsonschema:"description=CAN identifier; byte 0 is the state of charge in 0.5 % and byte 1 bit 0 the charger"`
	Cycle time.Duration `yaml:"cycle" jsonschema:"description=time between messages such as 100ms"`
}

// Simulation describes the embedded bench behind virtual: addresses.
type Simulation struct {
	Seed uint64 `yaml:"seed,omitempty" jsonschema:"description=seed of everything random in it"`
	// Jitter varies times of ECUs, adds to those of buses and supplies, and lets sensors be off within their class.
	Jitter float64               `yaml:"jitter,omitempty" jsonschema:"description=percent by which times vary at random and sensors are off within their class; 0 is exact,minimum=0,maximum=20"`
	Rails  map[string]SimRail    `yaml:"rails,omitempty" jsonschema:"description=wiring of each rail role"`
	ECUs   map[string]sim.Config `yaml:"ecus,omitempty" jsonschema:"description=simulated unit for each ECU role"`
	Models map[string]Model      `yaml:"models,omitempty" jsonschema:"description=unit of a model by itself for each ECU role"`
	// Described are units of which there is nothing but their description, and perhaps a trace.
	Described map[string]Described `yaml:"described,omitempty" jsonschema:"description=unit that is simulated by its description alone for each ECU role"`
	// Master is the update master.
	Master *master.Config `yaml:"master,omitempty" jsonschema:"description=simulated update master of the vehicle"`
	// Switches are faults of simulated contacts.
	Switches map[string]SimSwitch `yaml:"switches,omitempty" jsonschema:"description=faults of the simulated contact of each switch role"`
}

// MaxJitter is the most that Simulation.Jitter may be. A unit that is further off breaks its own limits.
const MaxJitter = 20

// SimSwitch is what is wrong with a simulated contact.
type SimSwitch struct {
	Welds bool `yaml:"welds,omitempty" jsonschema:"description=the contact welds when it closes for the first time"`
}

// Model is a simulated ECU that is what it is.
type Model struct {
	Model   string `yaml:"model" jsonschema:"description=inverter is an ECU of a maker who does everything in another way,enum=inverter"`
	Package string `yaml:"package,omitempty" jsonschema:"description=role of the package that it leaves the factory with; current if there is one and else none"`
}

// Described is a simulated ECU made of its description.
type Described struct {
	Package string `yaml:"package,omitempty" jsonschema:"description=role of the package that it leaves the factory with; current if there is one and else software that nobody knows"`
	Replay  string `yaml:"replay,omitempty" jsonschema:"description=trace of a real ECU whose answers are given again; relative to the bench file"`
	// ReplayBus is empty for every bus of the trace.
	ReplayBus string            `yaml:"replay_bus,omitempty" jsonschema:"description=name of the ECU's bus in the trace; any if left out"`
	Values    map[string]string `yaml:"values,omitempty" jsonschema:"description=data of identifiers by name as they read"`
	Boot      time.Duration     `yaml:"boot,omitempty" jsonschema:"description=from power-on or reset to the first answer; 50ms if left out"`
	EraseTime time.Duration     `yaml:"erase_time,omitempty" jsonschema:"description=to erase a block; none if left out"`
	ByteTime  time.Duration     `yaml:"byte_time,omitempty" jsonschema:"description=to store a byte; none if left out"`
}

// SimRail is the wiring between a simulated supply and its units.
type SimRail struct {
	Capacitance physic.ElectricalCapacitance `yaml:"capacitance,omitempty" jsonschema:"description=at the terminals such as 470uF"`
	Resistance  physic.ElectricResistance    `yaml:"resistance,omitempty" jsonschema:"description=of the line such as 50mOhm"`
	Bleeder     physic.ElectricResistance    `yaml:"bleeder,omitempty" jsonschema:"description=resistor that discharges the terminals such as 100Ohm"`
	// Crowbar is across the terminals while the rail's switch is open.
	Crowbar physic.ElectricResistance `yaml:"crowbar,omitempty" jsonschema:"description=resistor across the terminals while the switch is open so that a cut takes effect at once; none if left out"`
}
