package ota

import (
	"fmt"
	"time"
)

// Deed is what a user can do.
type Deed string

// Deeds.
const (
	Download Deed = "download" // "Download Now"
	Later    Deed = "later"    // not now, ask again
	Install  Deed = "install"  // "Install Now"
	Schedule Deed = "schedule" // at Action.At
	Confirm  Deed = "confirm"
	Decline  Deed = "decline"
	Retry    Deed = "retry"
	Dismiss  Deed = "dismiss" // has read it
)

// Action is what a user does.
type Action struct {
	Do   Deed      `json:"do"`
	User string    `json:"user"`        // account
	At   time.Time `json:"at,omitzero"` // of Schedule
}

func (a Action) String() string {
	if a.At.IsZero() {
		return fmt.Sprintf("%s by %s", a.Do, a.User)
	}
	return fmt.Sprintf("%s at %s by %s", a.Do, a.At.UTC().Format(time.DateTime), a.User)
}
