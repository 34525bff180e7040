package link

import "time"

// Kind of an Event.
type Kind string

// The kinds of events.
const (
	Shaped   Kind = "shaped"   // the link has another profile
	Dialled  Kind = "dialled"  // the vehicle asks for a connection
	Accepted Kind = "accepted" // and has it
	Refused  Kind = "refused"  // or does not get it
	Reset    Kind = "reset"    // the link has reset a connection
	Stopped  Kind = "stopped"  // a connection stalls at a byte
)

// Event is something that has happened on a link.
type Event struct {
	At      time.Time
	Kind    Kind
	Conn    int     // number of the connection, from 1; 0 if the event is not one of a connection
	Profile Profile // of the link
	Detail  string  // why, or the profile in words
}

// Count says what a link has done since it was made. No value ever falls.
type Count struct {
	Up, Down int64 // bytes that were handed to the backend and to the vehicle
	Dials    int   // connections that the vehicle asked for
	Accepted int   // and got
	Refused  int   // or did not get, for whatever reason
	Resets   int   // connections that the link has reset; those of the vehicle or the backend are not counted
}
