package scpi

import (
	"time"

	"periph.io/x/conn/v3/physic"
)

// Generic is the model of a supply that has no driver of its own and is described instead, see [Description].
const Generic = "generic"

// Description tells how a supply is driven that has no driver of its own. It is written in YAML, in a bench file or in a
// file beside it. Commands are templates: {ch} stands for the number of the channel, {v} for a value in volts or amperes.
// What the instrument does not have is left out; a protection that is left out counts as missing.
type Description struct {
	Identity  DescribedIdentity  `yaml:"identity"`
	Channels  []DescribedChannel `yaml:"channels" jsonschema:"description=ratings of the outputs in the order of their numbers"`
	Link      DescribedLink      `yaml:"link,omitempty"`
	Start     []string           `yaml:"start,omitempty" jsonschema:"description=commands that make the instrument ready for remote control"`
	Selection string             `yaml:"selection,omitempty" jsonschema:"description=command such as INST:NSEL {ch} that goes ahead of every command in the same line"`

	Voltage DescribedSetting    `yaml:"voltage"`
	Current DescribedSetting    `yaml:"current"`
	OVP     DescribedProtection `yaml:"ovp,omitempty"`
	OCP     DescribedProtection `yaml:"ocp,omitempty"`
	Output  DescribedOutput     `yaml:"output"`
	Measure DescribedMeter      `yaml:"measure"`
	Trips   []DescribedTrip     `yaml:"trips,omitempty" jsonschema:"description=questions for protections that have switched an output off"`
	Clear   []string            `yaml:"clear,omitempty" jsonschema:"description=commands that clear a trip; the output is off before"`
	Errors  DescribedErrors     `yaml:"errors,omitempty"`
}

// DescribedIdentity recognises the instrument.
type DescribedIdentity struct {
	// Pattern may have groups named maker, model, serial and firmware; without any, the answer is read as IEEE 488.2 has it.
	Pattern string `yaml:"pattern" jsonschema:"description=regular expression (RE2) that the answer to *IDN? matches; may have groups named maker and model and serial and firmware"`
}

// DescribedChannel is the rating of an output.
type DescribedChannel struct {
	Voltage physic.ElectricPotential `yaml:"voltage" jsonschema:"description=largest voltage that can be set"`
	Current physic.ElectricCurrent   `yaml:"current" jsonschema:"description=largest current that can be set"`
}

// DescribedLink is how messages travel.
type DescribedLink struct {
	Terminator string        `yaml:"terminator,omitempty" jsonschema:"description=ends each command; lf if left out,enum=lf,enum=crlf,enum=cr,enum=none"`
	Silence    time.Duration `yaml:"silence,omitempty" jsonschema:"description=pause that ends a reply where replies have no line end"`
	Pace       time.Duration `yaml:"pace,omitempty" jsonschema:"description=least time between two commands"`
	// EventStatus lets the driver find its way back after a lost reply sooner.
	EventStatus bool `yaml:"event_status,omitempty" jsonschema:"description=the instrument has *ESE and *ESE? as IEEE 488.2 wants"`
}

// DescribedSetting is a value that is programmed and read back.
type DescribedSetting struct {
	Set      string `yaml:"set" jsonschema:"description=command such as VOLT {v}"`
	Get      string `yaml:"get" jsonschema:"description=question such as VOLT?"`
	Decimals int    `yaml:"decimals,omitempty" jsonschema:"description=decimals of the value; 3 if left out,minimum=0,maximum=9"`
	Width    int    `yaml:"width,omitempty" jsonschema:"description=characters of the value padded with zeros in front,minimum=0,maximum=16"`
}

// DescribedProtection is OVP or OCP.
type DescribedProtection struct {
	Set      string `yaml:"set,omitempty" jsonschema:"description=command that sets its level"`
	Get      string `yaml:"get,omitempty" jsonschema:"description=question for its level"`
	Decimals int    `yaml:"decimals,omitempty" jsonschema:"description=decimals of the level; 3 if left out,minimum=0,maximum=9"`
	Arm      string `yaml:"arm,omitempty" jsonschema:"description=command that arms it; left out if it is always armed"`
	Disarm   string `yaml:"disarm,omitempty" jsonschema:"description=command that disarms it"`
	Armed    string `yaml:"armed,omitempty" jsonschema:"description=question whether it is armed; answered with 1 or 0 or ON or OFF"`
	AtLimit  bool   `yaml:"at_limit,omitempty" jsonschema:"description=it trips when the current limit acts and has no level of its own; for OCP"`
}

// DescribedOutput switches an output.
type DescribedOutput struct {
	On    string `yaml:"on" jsonschema:"description=command that switches it on"`
	Off   string `yaml:"off" jsonschema:"description=command that switches it off"`
	State string `yaml:"state" jsonschema:"description=question whether it is on"`
	// IsOn and IsOff go together. An answer that matches neither says nothing, least of all that the output is off.
	IsOn  string `yaml:"is_on,omitempty" jsonschema:"description=regular expression that the answer matches when it is on; 1 or ON if left out"`
	IsOff string `yaml:"is_off,omitempty" jsonschema:"description=regular expression that the answer matches when it is off; 0 or OFF if left out"`
}

// DescribedMeter reads the instrument's own meter.
type DescribedMeter struct {
	Voltage string `yaml:"voltage" jsonschema:"description=question for the voltage"`
	Current string `yaml:"current" jsonschema:"description=question for the current"`
}

// DescribedTrip is a question for a protection.
type DescribedTrip struct {
	Question string `yaml:"question"`
	Pattern  string `yaml:"pattern" jsonschema:"description=regular expression that the answer matches when the protection has acted"`
	Trip     string `yaml:"trip" jsonschema:"enum=ovp,enum=ocp,enum=otp"`
}

// DescribedErrors is the error queue. An instrument without one is asked what it holds instead.
type DescribedErrors struct {
	Question string `yaml:"question,omitempty" jsonschema:"description=question for the oldest error such as SYST:ERR?"`
	None     string `yaml:"none,omitempty" jsonschema:"description=regular expression that the answer matches when there is none"`
	Clear    string `yaml:"clear,omitempty" jsonschema:"description=command that empties the queue such as *CLS"`
}
