package scan

import (
	"time"

	"otabench/ecu/uds"
)

// Report is what a scan found.
type Report struct {
	Sessions []Session     `json:"sessions"`
	DTCs     []uds.DTC     `json:"dtcs,omitempty"`
	Took     time.Duration `json:"took_ns"`
	Requests int           `json:"requests"`
	Notes    []string      `json:"notes,omitempty"` // what could not be told
}

// Session is a diagnostic session with what there is in it.
type Session struct {
	Number byte          `json:"number"`
	P2     time.Duration `json:"p2_ns,omitempty"`
	P2Star time.Duration `json:"p2_star_ns,omitempty"`
	// Refused says why it could not be entered, if it is there at all; nothing was looked for in it then.
	Refused  uds.NRC      `json:"refused,omitempty"`
	Services []Service    `json:"services,omitempty"`
	DIDs     []Identifier `json:"identifiers,omitempty"`
	Routines []Routine    `json:"routines,omitempty"`
	Levels   []Level      `json:"security_levels,omitempty"`
}

// Service is a service that is there.
type Service struct {
	ID   byte    `json:"id"`
	Name string  `json:"name"`
	Code uds.NRC `json:"code,omitempty"` // to a request of one byte; 0 if that was answered
}

// Identifier is a data identifier that is there.
type Identifier struct {
	ID   uint16  `json:"id"`
	Data []byte  `json:"data,omitempty"`
	Code uds.NRC `json:"code,omitempty"` // why it was not read
}

// Routine is a routine that is there.
type Routine struct {
	ID   uint16  `json:"id"`
	Code uds.NRC `json:"code,omitempty"` // to the question for its results
}

// Level is a security level that is there.
type Level struct {
	Level byte    `json:"level"`          // sub-function of requestSeed
	Seed  int     `json:"seed_length"`    // bytes
	Code  uds.NRC `json:"code,omitempty"` // why there was no seed
}

// session finds a session that was entered.
func (r *Report) session(number byte) *Session {
	for i := range r.Sessions {
		if r.Sessions[i].Number == number && r.Sessions[i].Refused == 0 {
			return &r.Sessions[i]
		}
	}
	return nil
}
