package flash

import (
	"errors"
	"fmt"
	"strings"
)

// Error says where in the sequence a Programmer failed.
type Error struct {
	ECU    string
	Phase  Phase
	Block  string // name in the description; empty where the phase is not about a block
	Offset int64  // in transfer: bytes of the block that the ECU had acknowledged
	Err    error
}

func (e *Error) Error() string {
	where := e.Phase.String()
	if e.Block != "" {
		where += " of block " + e.Block
	}
	if e.Phase == PhaseTransfer {
		where += fmt.Sprintf(" after %d bytes", e.Offset)
	}
	return fmt.Sprintf("flash %s: %s: %v", e.ECU, where, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errors that callers decide on.
var (
	// ErrPackage: the description says that the package is not for this ECU.
	ErrPackage = errors.New("the package is not for this ECU")
	// ErrPreconditions is wrapped by every *Unmet, ErrRejected by every *Rejected.
	ErrPreconditions = errors.New("programming preconditions are not met")
	ErrRejected      = errors.New("the ECU rejects the software")
)

// Rejected is a routine's answer that it found something wrong: the request was in order, the content was not.
type Rejected struct {
	Routine uint16
	Status  Status
}

func (r *Rejected) Error() string {
	return fmt.Sprintf("%v: routine %04X answers %v", ErrRejected, r.Routine, r.Status)
}

// Unwrap makes errors.Is find ErrRejected.
func (r *Rejected) Unwrap() error { return ErrRejected }

// Status is the result of the verification routine (0x0202 unless the description says otherwise). Which value means
// what is up to the ECU's maker; the names are those of the simulated ECUs, and only 0 is a pass.
type Status byte

// Results of a verification.
const (
	Passed Status = iota
	BadSignature
	BadDigest
	WrongHardware
	WrongECU
	CounterTooLow
	Incomplete
)

func (s Status) String() string {
	names := [...]string{"pass", "wrong signature", "wrong digest", "wrong hardware", "wrong ECU", "security counter too low", "incomplete"}
	if int(s) < len(names) {
		return fmt.Sprintf("%02X (%s)", byte(s), names[s])
	}
	return fmt.Sprintf("%02X", byte(s))
}

// Unmet is the answer of the preconditions routine that the ECU cannot be programmed now.
type Unmet struct {
	Conditions []Condition
}

func (u *Unmet) Error() string {
	names := make([]string, len(u.Conditions))
	for i, c := range u.Conditions {
		names[i] = c.String()
	}
	return fmt.Sprintf("%v: %s", ErrPreconditions, strings.Join(names, ", "))
}

// Unwrap makes errors.Is find ErrPreconditions.
func (u *Unmet) Unwrap() error { return ErrPreconditions }

// Condition is a programming precondition. As with Status, the numbers are up to the ECU's maker.
type Condition byte

// Conditions of the simulated ECUs.
const (
	VoltageLow Condition = 1 + iota
	VoltageHigh
	ChargeLow
	Moving
)

func (c Condition) String() string {
	names := [...]string{"none", "voltage too low", "voltage too high", "state of charge too low", "vehicle is moving"}
	if int(c) < len(names) {
		return fmt.Sprintf("%02X (%s)", byte(c), names[c])
	}
	return fmt.Sprintf("%02X", byte(c))
}
