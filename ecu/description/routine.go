package description

import (
	"cmp"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"
)

// Names of routines that the programming sequence uses. A description that gives one the number 0 says that the ECU does
// not have it.
const (
	Preconditions = "preconditions" // checkProgrammingPreconditions, 0x0203
	Erase         = "erase"         // eraseMemory, 0xFF00
	Verify        = "verify"        // check of what was transferred, 0x0202
	Dependencies  = "dependencies"  // checkProgrammingDependencies, 0xFF01

	// The following have no number in the standard. An ECU that has them lists them in its description.
	Activate = "activate" // marks the new software for a trial boot
	Confirm  = "confirm"  // makes the trial permanent
	Rollback = "rollback" // abandons the trial
)

// Routine is one routine of service 0x31 (ISO 14229-1:2020, 14.2). In a bench file its number alone stands for a routine
// of which nothing else is to be said.
type Routine struct {
	ID uint16 `yaml:"id" json:"id" jsonschema:"description=routineIdentifier; 0 says that the ECU does not have the routine"`
	// Options is the routineControlOptionRecord, a [Template].
	Options string `yaml:"options,omitempty" json:"options,omitempty" jsonschema:"description=routineControlOptionRecord: hexadecimal bytes and fields in braces such as {address} or {crc32}"`
	// Pass are the beginnings of status records that mean success, in hexadecimal; "any" is every one.
	Pass []Bytes `yaml:"pass,omitempty" json:"pass,omitempty" jsonschema:"description=beginnings of status records that mean success in hexadecimal or any; a first byte of 00 if left out"`
	// Running are the beginnings of status records that mean that the routine goes on. Its results are asked for then.
	Running []Bytes `yaml:"running,omitempty" json:"running,omitempty" jsonschema:"description=beginnings of status records that mean that the routine still runs in hexadecimal"`
	// Poll is the time between two questions for the results of a routine that still runs.
	Poll time.Duration `yaml:"poll,omitempty" json:"poll,omitempty" jsonschema:"description=time between two questions for the results of a routine that still runs; 100ms if left out"`
	// Limit is how long a routine may go on.
	Limit time.Duration `yaml:"limit,omitempty" json:"limit,omitempty" jsonschema:"description=how long a routine may still run; 60s if left out"`
	// Values say what status records mean, by their beginning in hexadecimal.
	Values map[Bytes]string `yaml:"values,omitempty" json:"values,omitempty" jsonschema:"description=meaning of status records by their beginning in hexadecimal"`
	// Status divides the status record, for those who read it.
	Status []Field `yaml:"status,omitempty" json:"status,omitempty" jsonschema:"description=parts of the status record"`
}

// anyStatus stands for every status record.
const anyStatus Bytes = "any"

// UnmarshalYAML reads a routine, or its number alone.
func (r *Routine) UnmarshalYAML(unmarshal func(any) error) error {
	var id uint16
	if unmarshal(&id) == nil {
		*r = Routine{ID: id}
		return nil
	}
	type plain Routine
	return unmarshal((*plain)(r))
}

// Short says that a routine may be written as its number alone.
func (Routine) Short() any { return uint16(0) }

// Exists says that the ECU has the routine.
func (r Routine) Exists() bool { return r.ID != 0 }

// Passed says that a status record means success. Without a list, that is a first byte of 0, or no record at all.
func (r Routine) Passed(status []byte) bool {
	if len(r.Pass) == 0 {
		return len(status) == 0 || status[0] == 0
	}
	return slices.Contains(r.Pass, anyStatus) || beginsWithOne(status, r.Pass)
}

// Success is a status record that means success.
func (r Routine) Success() []byte {
	if len(r.Pass) == 0 {
		return []byte{0}
	}
	return r.Pass[0].Decode() // nothing where any record will do
}

// StillRuns says that a status record asks to be patient.
func (r Routine) StillRuns(status []byte) bool { return beginsWithOne(status, r.Running) }

func beginsWithOne(status []byte, beginnings []Bytes) bool {
	return slices.ContainsFunc(beginnings, func(b Bytes) bool { return begins(status, b) })
}

func begins(status []byte, beginning Bytes) bool {
	b, err := beginning.decode()
	return err == nil && len(b) > 0 && strings.HasPrefix(string(status), string(b))
}

// Bytes are bytes in hexadecimal digits, with or without blanks.
type Bytes string

// Decode returns the bytes, nothing for what is no hexadecimal.
func (b Bytes) Decode() []byte {
	data, err := b.decode()
	if err != nil {
		return nil
	}
	return data
}

func (b Bytes) decode() ([]byte, error) {
	return hex.DecodeString(strings.ReplaceAll(string(b), " ", ""))
}

// Meaning says what a status record means, by the longest beginning that is listed; nothing if none is.
func (r Routine) Meaning(status []byte) string {
	known := slices.SortedFunc(maps.Keys(r.Values), func(a, b Bytes) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	for _, beginning := range known {
		if begins(status, beginning) {
			return r.Values[beginning]
		}
	}
	return ""
}

// Parts returns the fields of a status record.
func (r Routine) Parts(status []byte) []Part { return decodeFields(r.Status, status) }

// StandardRoutines returns the routines that an ECU has unless its description says otherwise (ISO 14229-1:2020,
// annex F, and by convention).
func StandardRoutines() map[string]Routine {
	return map[string]Routine{
		Preconditions: {ID: 0x0203},
		Erase:         {ID: 0xFF00, Options: "{memory}"},
		Verify:        {ID: 0x0202},
		Dependencies:  {ID: 0xFF01},
	}
}

// withDefaults completes routines with what is the same in most ECUs.
func routinesWithDefaults(own map[string]Routine) map[string]Routine {
	all := StandardRoutines()
	for name, r := range own {
		if standard, known := all[name]; known && r.Options == "" && r.ID != 0 {
			r.Options = standard.Options
		}
		all[name] = r
	}
	for name, r := range all {
		if len(r.Running) > 0 {
			r.Poll = cmp.Or(r.Poll, 100*time.Millisecond)
			r.Limit = cmp.Or(r.Limit, time.Minute)
		}
		all[name] = r
	}
	return all
}
