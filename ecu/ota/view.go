package ota

import (
	"fmt"
	"slices"
	"time"
)

// State is where an update has come to, as the master tells its user.
type State string

// States, in the order of an update that goes well; the last four are ways aside.
const (
	Idle        State = "idle"        // the software is up to date as far as is known
	Offered     State = "offered"     // an update is there and nobody has decided to download it
	Downloading State = "downloading" // the packages come
	Verifying   State = "verifying"   // they are here and are checked
	Ready       State = "ready"       // they are good; the user chooses when
	Scheduled   State = "scheduled"   // the user has chosen a later time
	Confirming  State = "confirming"  // the user is asked once more
	Installing  State = "installing"  // the ECUs are programmed
	Activating  State = "activating"  // they restart into the new software and are looked at
	Succeeded   State = "succeeded"   // the new software is permanent
	Paused      State = "paused"      // a condition does not hold; it goes on by itself when it does
	Reverting   State = "reverting"   // the installation failed and everything is taken back
	Failed      State = "failed"      // the update failed and the vehicle runs what it ran before
	Withdrawn   State = "withdrawn"   // the maker has cancelled the campaign
)

// Cause says why an update is paused, refused or failed.
type Cause string

// Causes.
const (
	LowBattery     Cause = "low battery"
	LowVoltage     Cause = "low voltage" // of the low-voltage supply
	PoorConnection Cause = "poor connection"
	NoPermission   Cause = "no permission"
	NotParked      Cause = "not parked" // moving, in gear, or a door is open
	ClockUnknown   Cause = "clock unknown"
	StorageFull    Cause = "storage full"
	BadMetadata    Cause = "bad metadata" // expired, replayed, or signed by nobody who may
	BadPackage     Cause = "bad package"  // corrupt, or signed by nobody who may
	Incompatible   Cause = "incompatible" // not for the configuration of this vehicle
	InstallError   Cause = "installation error"
	HealthError    Cause = "health check failed"
	BackendDown    Cause = "backend not available"
	Cancelled      Cause = "campaign cancelled"
)

// Advice is what the user is recommended to do.
type Advice string

// Advices.
const (
	ConnectCharger   Advice = "connect a charger"
	StrongerNetwork  Advice = "move to a stronger Wi-Fi"
	AskOwner         Advice = "ask the owner for permission"
	ParkVehicle      Advice = "park the vehicle and close the doors"
	FreeStorage      Advice = "free storage"
	CallSupport      Advice = "contact support"
	WaitForRetry     Advice = "wait for the next attempt"
	SetClock         Advice = "let the clock be set by the network"
	ChargeLowVoltage Advice = "have the 12 V battery checked"
)

// View is what a user sees of an update at one moment.
type View struct {
	State State  `json:"state"`
	Cause Cause  `json:"cause,omitempty"`
	Title string `json:"title,omitempty"`
	Text  string `json:"text,omitempty"`
	// Percent is the progress of Downloading, and that of Installing and Activating together.
	Percent int `json:"percent"`
	// Done and Total count the bytes of the download.
	Done  int64 `json:"done_bytes,omitempty"`
	Total int64 `json:"total_bytes,omitempty"`

	Offer   *Offer   `json:"offer,omitempty"`
	Advice  []Advice `json:"advice,omitempty"`
	Choices []Deed   `json:"choices,omitempty"` // what the user can do now
	// Reference is what support asks for after an error.
	Reference string `json:"reference,omitempty"`
	// Hints are what the user can try by himself after an error.
	Hints []string `json:"hints,omitempty"`
	// Attempt counts installations of this update from 1, and Attempts is how many there may be.
	Attempt  int       `json:"attempt,omitempty"`
	Attempts int       `json:"attempts,omitempty"`
	Next     time.Time `json:"next,omitzero"`      // when it goes on by itself: a schedule or a retry
	Off      []string  `json:"off,omitempty"`      // functions that are switched off
	Drivable bool      `json:"drivable"`           // the vehicle can be driven
	Software []Running `json:"software,omitempty"` // what runs in the ECUs behind the master
}

// Offer is what the user is told of an update before it.
type Offer struct {
	Campaign     string        `json:"campaign"` // id
	Version      string        `json:"version"`
	Purpose      string        `json:"purpose"`
	Changes      []string      `json:"changes"`
	Size         int64         `json:"size_bytes"`
	Download     time.Duration `json:"download_ns"` // as estimated
	Installation time.Duration `json:"installation_ns"`
	Unavailable  []string      `json:"unavailable"` // functions that cannot be used meanwhile
	Instructions []string      `json:"instructions"`
}

// Running is the software of one ECU.
type Running struct {
	ECU     string `json:"ecu"`
	Version string `json:"version"`
	RXSWIN  string `json:"rxswin,omitempty"`
}

// String returns the view in one short line.
func (v View) String() string {
	text := word(v.State, States)
	if v.Cause != "" {
		text += " (" + word(v.Cause, Causes) + ")"
	}
	if v.Percent > 0 {
		text = fmt.Sprintf("%s %d %%", text, v.Percent)
	}
	if v.Title != "" {
		text += fmt.Sprintf(" %.80q", v.Title)
	}
	return text
}

// word quotes and cuts what is not in its list: a vehicle may say anything.
func word[T ~string](w T, list []T) string {
	if slices.Contains(list, w) {
		return string(w)
	}
	return fmt.Sprintf("%.40q", string(w))
}

// Can says whether the user can do something now.
func (v View) Can(d Deed) bool { return slices.Contains(v.Choices, d) }

// Advises says whether the user is recommended something.
func (v View) Advises(a Advice) bool { return slices.Contains(v.Advice, a) }
