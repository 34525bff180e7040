package record

import "time"

// Stimulus says how well a voltage profile was made: what was expected before, and what was measured at the terminals.
type Stimulus struct {
	Rail    string        `json:"rail"`
	Profile string        `json:"profile"`
	Begun   time.Duration `json:"begun_ns"` // since the run's start
	Length  time.Duration `json:"length_ns"`
	// Expected and Verdict are "met", "approximated", "not measured" or "not met"; Expected also "impossible".
	Expected string `json:"expected"`
	Verdict  string `json:"verdict"`
	// Void: nothing can be concluded from a test that rests on it.
	Void   bool          `json:"void"`
	Source string        `json:"source"`             // role of the sensor or supply that measured
	Late   time.Duration `json:"late_ns"`            // by how much the latest command began too late
	Error  string        `json:"error,omitempty"`    // why it ended early
	Parts  []Part        `json:"segments,omitempty"` // the steps of the profile
}

// Part is a step of a profile, with all its repetitions.
type Part struct {
	Name     string        `json:"name"`
	Shape    string        `json:"shape"` // in words
	Count    int           `json:"count"` // of repetitions
	Met      int           `json:"met"`   // how many of them are
	Expected string        `json:"expected"`
	Verdict  string        `json:"verdict"`
	Volts    float64       `json:"v,omitempty"`       // largest deviation
	Time     time.Duration `json:"time_ns,omitempty"` // largest deviation
	Readings int           `json:"readings"`
	Reason   string        `json:"reason,omitempty"`
}

// Kind implements Body.
func (Stimulus) Kind() string { return "stimulus" }
