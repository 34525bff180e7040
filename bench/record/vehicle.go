package record

import "time"

// Notice is what an update master shows to its user from this moment on, on one display.
type Notice struct {
	Display string `json:"display"` // "dashboard" or "app"
	State   string `json:"state"`   // an ota.State
	Cause   string `json:"cause,omitempty"`
	// Title, Text and all other texts are as the master gave them; not to be trusted.
	Title     string    `json:"title,omitempty"`
	Text      string    `json:"text,omitempty"`
	Percent   int       `json:"percent"`
	Version   string    `json:"version,omitempty"` // that is offered or installed
	Details   []string  `json:"details,omitempty"` // of the offer, a line each
	Advice    []string  `json:"advice,omitempty"`
	Choices   []string  `json:"choices,omitempty"`
	Hints     []string  `json:"hints,omitempty"`
	Reference string    `json:"reference,omitempty"`
	Next      time.Time `json:"next,omitzero"`
	Off       []string  `json:"off,omitempty"` // functions that are switched off
	Drivable  bool      `json:"drivable"`
	// Progress says that only Percent is new.
	Progress bool `json:"progress,omitempty"`
}

// UserAction is what the scripted user did.
type UserAction struct {
	Display string `json:"display"`
	User    string `json:"user"`
	Action  string `json:"action"`
	Error   string `json:"error,omitempty"` // why it was not taken
}

// Link is a change of the connection between the vehicle and its backend.
type Link struct {
	Profile string `json:"profile"`          // name, or the change in words
	Detail  string `json:"detail,omitempty"` // rate, latency, loss
}

// Traffic counts what passed the connection to the backend since the last count.
type Traffic struct {
	Up       int64 `json:"up_bytes"`   // to the backend
	Down     int64 `json:"down_bytes"` // to the vehicle
	Dials    int   `json:"dials"`      // connections that were asked for
	Accepted int   `json:"accepted"`   // and made
}

// Backend is what the backend noted.
type Backend struct {
	Event string `json:"event"` // such as "report" or "refused"
	Text  string `json:"text"`  // not to be trusted where the vehicle said it
}

// Vehicle is a change of what the rest of the vehicle says on the bus.
type Vehicle struct {
	Signal string `json:"signal"` // such as "state of charge"
	Value  string `json:"value"`
}

// Kind implements Body.
func (Notice) Kind() string     { return "notice" }
func (UserAction) Kind() string { return "user" }
func (Link) Kind() string       { return "link" }
func (Traffic) Kind() string    { return "traffic" }
func (Backend) Kind() string    { return "backend" }
func (Vehicle) Kind() string    { return "vehicle" }
