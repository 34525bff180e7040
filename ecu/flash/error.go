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
	// ErrDescription: the description does not say how the ECU is programmed.
	ErrDescription = errors.New("the description has no programming section, so nothing is known of how the ECU is programmed")
	// ErrPreconditions is wrapped by every *Unmet, ErrRejected by every *Rejected.
	ErrPreconditions = errors.New("programming preconditions are not met")
	ErrRejected      = errors.New("the ECU rejects the software")
)

// Rejected is a routine's answer that it found something wrong: the request was in order, the content was not.
type Rejected struct {
	Name    string // in the description
	Routine uint16
	Status  []byte // its status record
	Meaning string // of the record by the description, which may say nothing
}

func (r *Rejected) Error() string {
	text := fmt.Sprintf("%v: routine %s (%04X) answers [% X]", ErrRejected, r.Name, r.Routine, r.Status)
	if r.Meaning != "" {
		text += ": " + r.Meaning
	}
	return text
}

// Unwrap makes errors.Is find ErrRejected.
func (r *Rejected) Unwrap() error { return ErrRejected }

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

// Condition is a programming precondition: its number, which is up to the ECU's maker, and what the description says of
// it.
type Condition struct {
	Code    byte
	Meaning string
}

func (c Condition) String() string {
	if c.Meaning == "" {
		return fmt.Sprintf("%02X", c.Code)
	}
	return fmt.Sprintf("%02X (%s)", c.Code, c.Meaning)
}
