package power

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"periph.io/x/conn/v3/physic"
)

// Identity is what an instrument says of itself (IEEE 488.2 *IDN?).
type Identity struct {
	Maker, Model, Serial, Firmware string
}

func (id Identity) String() string {
	return fmt.Sprintf("%s %s, serial %s, firmware %s", id.Maker, id.Model, id.Serial, id.Firmware)
}

// Supply is an instrument with one or more outputs. Close releases the link and leaves the outputs as they are.
type Supply interface {
	fmt.Stringer
	Identity() Identity
	// Channels returns the number of outputs; they are numbered from 1 as on the front panel.
	Channels() int
	Channel(n int) (Channel, error)
	Close() error
}

// Channel is one output as its driver commands it. Every method that changes something returns only after the
// instrument confirmed that it has no error for it. Use [Limit] to get an Output; nothing else should energise a Channel.
type Channel interface {
	fmt.Stringer
	// Rating returns the largest voltage and current that the output can be set to.
	Rating() (physic.ElectricPotential, physic.ElectricCurrent)
	SetVoltage(context.Context, physic.ElectricPotential) error
	SetCurrent(context.Context, physic.ElectricCurrent) error
	// SetProtection programs and arms overvoltage and overcurrent protection; zero disarms one, if it can be disarmed. What
	// is missing (see Guarded) takes no other value: ErrLimit.
	SetProtection(context.Context, physic.ElectricPotential, physic.ElectricCurrent) error
	// Settings reads back what the instrument will do.
	Settings(context.Context) (Settings, error)
	Enable(ctx context.Context, on bool) error
	// Measure reads the instrument's own meter.
	Measure(context.Context) (Reading, error)
	// Tripped says which protection has switched the output off.
	Tripped(context.Context) (Trip, error)
	ClearTrip(context.Context) error
}

// Settings are the programmed values of a channel.
type Settings struct {
	Voltage physic.ElectricPotential
	Current physic.ElectricCurrent
	OVP     physic.ElectricPotential
	OCP     physic.ElectricCurrent
	On      bool
}

// Reading is one measurement.
type Reading struct {
	Voltage physic.ElectricPotential
	Current physic.ElectricCurrent
	// Time is when the answer arrived.
	Time time.Time
}

func (r Reading) String() string { return fmt.Sprintf("%v %v", r.Voltage, r.Current) }

// Trip is a set of protections that have acted.
type Trip uint8

// Protections.
const (
	TripOVP Trip = 1 << iota
	TripOCP
	TripOTP
	TripWatchdog
)

func (t Trip) String() string {
	if t == 0 {
		return "none"
	}
	var names []string
	for i, name := range []string{"OVP", "OCP", "OTP", "watchdog"} {
		if t&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	if t >= 1<<4 {
		names = append(names, fmt.Sprintf("Trip(%#x)", uint8(t&^15)))
	}
	return strings.Join(names, "+")
}

// Switch is a contact in a line. Make closes it and Break opens it; neither is called Close, so that no Switch is an
// io.Closer by accident. A Switch is at rest when it is made, and comes to rest when its driver dies: open, unless its
// contact is normally closed.
type Switch interface {
	fmt.Stringer
	Make() error
	Break() error
	// Made reports the state that was last commanded.
	Made() bool
}

// Sensor measures voltage and current at one point of the harness, independent of any supply.
type Sensor interface {
	fmt.Stringer
	Sense(context.Context) (Reading, error)
}

// Errors that callers decide on.
var (
	// ErrIdentity: another instrument answers than the bench file names.
	ErrIdentity = errors.New("another instrument answered")
	// ErrLink: the instrument no longer answers; what its outputs do is unknown.
	ErrLink = errors.New("no answer from the instrument")
	// ErrLimit: a setting is outside the limits or the rating of an output.
	ErrLimit = errors.New("outside the limits")
	// ErrReadBack: the instrument holds another value than it was told.
	ErrReadBack = errors.New("read-back differs")
	// ErrUnconfirmed: the output may be on although it was told to switch off. Open the switch in its line.
	ErrUnconfirmed = errors.New("not confirmed off")
	// ErrReply: the instrument answers something that makes no sense.
	ErrReply = errors.New("the answer makes no sense")
	// ErrInstrument: the instrument reported an error of its own (SYST:ERR?).
	ErrInstrument = errors.New("the instrument reports an error")
)
