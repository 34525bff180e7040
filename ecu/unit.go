package ecu

import (
	"errors"
	"fmt"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/ecu/description"
	"otabench/ecu/flash"
	"otabench/ecu/security"
	"otabench/ecu/uds"
)

// Hooks observe a Unit. All of them are optional and must not block.
type Hooks struct {
	// Exchange is called after each request with what came back.
	Exchange func(uds.Exchange)
	// Progress is called while software is replaced.
	Progress func(flash.Progress)
}

// Unit is one ECU. Its methods may be called from several goroutines; requests take turns. Two updates at once make
// no sense and disturb each other.
type Unit struct {
	name       string
	desc       description.ECU
	access     *security.Access
	hooks      Hooks
	conn       isotp.Conn
	client     *uds.Client
	functional *uds.Functional
	programmer *flash.Programmer
}

// New opens the ECU that d describes on bus, which stays the caller's. Nothing is sent. name is its role on the bench
// and stands in every error.
func New(name string, d description.ECU, bus can.Bus, hooks Hooks) (*Unit, error) {
	if err := d.Check(); err != nil {
		return nil, fmt.Errorf("%s: description: %w", name, err)
	}
	u := &Unit{name: name, desc: d.WithDefaults(), hooks: hooks}
	var err error
	if u.access, err = security.Open(name, u.desc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := u.open(bus); err != nil {
		return nil, fmt.Errorf("%s: open its diagnostic connection on %v: %w", name, bus, err)
	}
	u.programmer = u.NewProgrammer(flash.Options{})
	return u, nil
}

// Name returns the role on the bench.
func (u *Unit) Name() string { return u.name }

func (u *Unit) String() string { return fmt.Sprintf("%s at %v", u.name, u.conn) }

// Description returns the description with all defaults filled in.
func (u *Unit) Description() description.ECU { return u.desc }

// Functional returns the sender of requests to all ECUs of the bus.
func (u *Unit) Functional() *uds.Functional { return u.functional }

// Client returns the UDS client, for requests that nothing here makes.
func (u *Unit) Client() *uds.Client { return u.client }

// Programmer returns the Programmer that Install and Update use, for the phases of an update one by one. Sessions that
// it keeps alive end with its Close or the Unit's.
func (u *Unit) Programmer() *flash.Programmer { return u.programmer }

// NewProgrammer returns another Programmer, for updates that go another way. The Unit's name, functional sender and
// progress hook stand in for what opt leaves out.
func (u *Unit) NewProgrammer(opt flash.Options) *flash.Programmer {
	if opt.Name == "" {
		opt.Name = u.name
	}
	if opt.Functional == nil {
		opt.Functional = u.functional
	}
	if opt.Progress == nil {
		opt.Progress = u.hooks.Progress
	}
	return flash.New(u.client, u.desc, u.access, opt)
}

// Errors that callers decide on.
var (
	// ErrSilent: the ECU did not answer. It has no power, is not on the bus, or hangs.
	ErrSilent = errors.New("the ECU does not answer")
	// ErrPreconditions: the ECU says that it cannot be programmed now; a *flash.Unmet says why.
	ErrPreconditions = flash.ErrPreconditions
	// ErrRejected: the ECU checked the software and refuses it; a *flash.Rejected says why.
	ErrRejected = flash.ErrRejected
)

// explain adds ErrSilent to errors that amount to it.
func explain(err error) error {
	for _, silent := range []error{uds.ErrNoResponse, isotp.ErrTimeoutA, isotp.ErrTimeoutBs, isotp.ErrTimeoutCr} {
		if errors.Is(err, silent) {
			return fmt.Errorf("%w: %w", ErrSilent, err)
		}
	}
	return err
}
