package dashboard

import (
	"cmp"
	"fmt"
	"strings"

	"otabench/can/signal"
)

// Signals says where in the DBC file things are, as "Message.Signal". What is left out is as in the embedded vehicle's file,
// where the file at hand has that, and otherwise not there. Enumerations are told by the texts of their value tables: those
// of [otabench/ecu/ota], or those that Words translates.
type Signals struct {
	State    string `yaml:"state,omitempty" jsonschema:"description=what the update has come to; OTA_Status.State if left out"`
	Cause    string `yaml:"cause,omitempty" jsonschema:"description=why it is paused or has failed; OTA_Status.Cause if left out"`
	Percent  string `yaml:"percent,omitempty" jsonschema:"description=progress; OTA_Status.Percent if left out"`
	Drivable string `yaml:"drivable,omitempty" jsonschema:"description=1 if the vehicle can be driven; OTA_Status.Drivable if left out"`
	Advice   string `yaml:"advice,omitempty" jsonschema:"description=what the user is recommended; OTA_Status.Advice if left out"`
	// Action is the message of a touch, with the signals Deed, Profile, At and Counter.
	Action string `yaml:"action,omitempty" jsonschema:"description=message of a touch on the dashboard; HMI_Action if left out"`
	// Words translate texts of the file's value tables into those of the bench.
	Words map[string]string `yaml:"words,omitempty" jsonschema:"description=texts of the file's value tables and what they are called here such as DL_ACTIVE: downloading"`
}

// Names of the embedded vehicle's file.
const (
	statusMessage  = "OTA_Status"
	textMessage    = "OTA_Text"
	controlMessage = "OTA_Control"
	actionMessage  = "HMI_Action"
)

// place is a signal of a message.
type place struct {
	message *signal.Message
	signal  *signal.Signal
}

// find resolves a name. One that was not given and is not in the file is no error.
func find(db *signal.Database, given, usual string) (*place, error) {
	name := cmp.Or(given, usual)
	message, sig, ok := strings.Cut(name, ".")
	if !ok {
		return nil, fmt.Errorf("dashboard: %q is no signal; want MESSAGE.SIGNAL", name)
	}
	m, err := db.Message(message)
	if err == nil {
		var s *signal.Signal
		if s, err = m.Signal(sig); err == nil {
			return &place{m, s}, nil
		}
	}
	if given == "" {
		return nil, nil
	}
	return nil, fmt.Errorf("dashboard: %w", err)
}
