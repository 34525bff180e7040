package config

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// RestBus is what the bench sends in the place of ECUs that are not there: all cyclic messages of a bus's DBC file but
// those of the nodes that are present.
type RestBus struct {
	Present []string `yaml:"present,omitempty" jsonschema:"description=nodes of the DBC file that are on the bench; the messages of all others are sent"`
	// Messages say what is different from the DBC file, and add messages that have no cycle there.
	Messages map[string]RestMessage `yaml:"messages,omitempty" jsonschema:"description=what is different from the DBC file by message"`
}

// RestMessage is one message of a rest bus.
type RestMessage struct {
	Silent bool          `yaml:"silent,omitempty" jsonschema:"description=do not send the message"`
	Cycle  time.Duration `yaml:"cycle,omitempty" jsonschema:"description=time from one frame to the next; the DBC file's if left out"`
	// Values are numbers in the signal's unit, or texts of its value table.
	Values   map[string]string `yaml:"values,omitempty" jsonschema:"description=values of signals: a number in the signal's unit or a text of its value table"`
	Counter  string            `yaml:"counter,omitempty" jsonschema:"description=signal that counts the frames"`
	Checksum *Checksum         `yaml:"checksum,omitempty" jsonschema:"description=signal that is computed from the data"`
	E2E      *E2E              `yaml:"e2e,omitempty" jsonschema:"description=end-to-end protection of AUTOSAR"`
}

// Checksum is a signal that is computed from the data of its message.
type Checksum struct {
	Signal    string `yaml:"signal" jsonschema:"description=name of the signal"`
	Algorithm string `yaml:"algorithm" jsonschema:"enum=xor,enum=sum8,enum=crc8-j1850,enum=crc8-h2f"`
}

// E2E protects a message as AUTOSAR does (PRS E2E Protocol).
type E2E struct {
	Profile string `yaml:"profile" jsonschema:"description=profile and variant,enum=1A,enum=1B,enum=1C,enum=2,enum=5"`
	DataID  uint16 `yaml:"data_id,omitempty" jsonschema:"description=data ID of profiles 1 and 5"`
	// DataIDList has 16 bytes for profile 2.
	DataIDList string `yaml:"data_id_list,omitempty" jsonschema:"description=16 hexadecimal bytes for profile 2"`
	Offset     int    `yaml:"offset,omitempty" jsonschema:"description=byte of the checksum in profile 5,minimum=0"`
}

// Algorithms of checksums, and profiles of end-to-end protection.
var (
	Checksums = []string{"xor", "sum8", "crc8-j1850", "crc8-h2f"}
	Profiles  = []string{"1A", "1B", "1C", "2", "5"}
)

func (f *File) validateRestBus(c *checker, path string, b Bus) {
	if b.RestBus == nil {
		return
	}
	if b.DBC == "" {
		c.at(path+".restbus", "a rest bus needs the bus's dbc file, which has its messages")
	}
	for _, name := range slices.Sorted(maps.Keys(b.RestBus.Messages)) {
		m, at := b.RestBus.Messages[name], path+".restbus.messages."+name
		if s := m.Checksum; s != nil && !slices.Contains(Checksums, s.Algorithm) {
			c.at(at+".checksum.algorithm", "%q is not accepted; accepted values: %s", s.Algorithm, strings.Join(Checksums, ", "))
		}
		if e := m.E2E; e != nil && !slices.Contains(Profiles, e.Profile) {
			c.at(at+".e2e.profile", "%q is not accepted; accepted values: %s", e.Profile, strings.Join(Profiles, ", "))
		}
	}
}
