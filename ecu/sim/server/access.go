package server

import (
	"slices"

	"otabench/ecu/uds"
)

// Roles are what authentication made of the tester, a bit each.
type Roles uint32

// Access says when something may be used. The zero value is: always.
type Access struct {
	Sessions []byte // in any of these sessions; nil is all
	Levels   []byte // with any of these levels of SecurityAccess unlocked, by their requestSeed; nil is no need
	Roles    Roles  // with any of these roles; 0 is no need
	Secured  bool   // within SecuredDataTransmission only
}

// Call is the moment at which a function of a Config is called.
type Call struct {
	Session    byte
	Level      byte // of SecurityAccess that is unlocked, by its requestSeed; 0 is none
	Roles      Roles
	Functional bool // the request came to all servers
	Secured    bool // it came within SecuredDataTransmission
}

// refuse returns why something must not be used now, or nil: session, authentication, secured transmission, security, in
// the order of ISO 14229-1:2020, figures 5 and 6. What a wrong session is answered with depends on what is refused.
func (a Access) refuse(c Call, wrongSession uds.NRC) error {
	switch {
	case !a.inSession(c.Session):
		return wrongSession
	case a.Roles != 0 && a.Roles&c.Roles == 0:
		return uds.AuthenticationRequired
	case a.Secured && !c.Secured:
		return uds.SecureDataTransmissionRequired
	case a.Levels != nil && !slices.Contains(a.Levels, c.Level):
		return uds.SecurityAccessDenied
	}
	return nil
}

func (a Access) inSession(session byte) bool {
	return a.Sessions == nil || slices.Contains(a.Sessions, session)
}

// Lengths says which numbers of bytes are right.
type Lengths func(n int) bool

// Exactly is one length.
func Exactly(n int) Lengths { return func(got int) bool { return got == n } }

// Between is any length of two and those in between.
func Between(least, most int) Lengths {
	return func(got int) bool { return got >= least && got <= most }
}

// AtLeast is any length from the given one on.
func AtLeast(n int) Lengths { return func(got int) bool { return got >= n } }

// or is l, or another one where l is nil.
func (l Lengths) or(other Lengths) Lengths {
	if l == nil {
		return other
	}
	return l
}
